/* Suggestions while typing (ARIA combobox, list autocomplete):
   - <input data-suggest-url="/…">: asks ?q=…; the answer is a JSON list (or {"results": list}) of texts or
     {value, label?, hint?, fill?: {field name: value}};
   - <select data-combobox>: its options, found by their words or by data-search (pinyin, initials).
   Nothing is asked while an input method is composing. */
import { composing } from "./ime.js";

const WAIT = 150;
let counter = 0;

class Combo {
  constructor(input, find, take) {
    Object.assign(this, { input, find, take, options: [], active: -1, timer: 0, stale: false, thenMark: false });
    this.box = document.createElement("div");
    this.box.className = "combo";
    input.before(this.box);
    this.list = document.createElement("ul");
    this.list.className = "combo-list";
    this.list.id = `combo-${++counter}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() ?? input.getAttribute("aria-label") ?? "");
    this.list.hidden = true;
    this.box.append(input, this.list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocomplete: "off" })) input.setAttribute(name, value);
    input.addEventListener("input", (event) => !event.isComposing && this.ask());
    input.addEventListener("compositionend", () => this.ask());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose([...this.list.children].indexOf(event.target.closest("[role=option]"))));
  }

  /* Until the answer is there the list shown is that of the words before: arrows wait for it. */
  ask(wait = WAIT) {
    clearTimeout(this.timer);
    this.stale = true;
    this.thenMark = false;
    this.timer = setTimeout(async () => {
      const words = this.input.value.trim();
      const found = await this.find(words).catch(() => []);
      if (document.activeElement === this.input && words === this.input.value.trim()) this.show(found);
    }, wait);
  }

  show(found) {
    this.options = found;
    this.active = -1;
    this.list.replaceChildren(
      ...found.map((option, index) => {
        const line = document.createElement("li");
        line.id = `${this.list.id}-${index}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        const words = document.createElement("span");
        words.textContent = option.label ?? option.value;
        line.append(words);
        if (option.hint) line.append(Object.assign(document.createElement("small"), { textContent: option.hint }));
        return line;
      }),
    );
    const typed = this.closed?.();
    if (typed && found.length) this.list.firstElementChild.classList.add("likely");
    const none = typed && !found.length && this.none;
    if (none) this.list.append(Object.assign(document.createElement("li"), { textContent: none, className: "none" }));
    this.open(found.length > 0 || Boolean(none));
    this.stale = false;
    if (this.thenMark && found.length) this.mark(0);
    this.thenMark = false;
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.stale = false;
    this.open(false);
    this.left?.();
  }

  mark(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const line = this.list.children[index];
    if (!line) return this.input.removeAttribute("aria-activedescendant");
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", line.id);
  }

  choose(index) {
    const option = this.options[index];
    if (!option) return;
    this.take(option);
    this.open(false);
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  onKey(event) {
    if (composing(event)) return;
    const isOpen = !this.list.hidden;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.stale) this.thenMark = true;
      else if (!isOpen) this.ask(0);
      if (this.stale) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(this.active < 0 ? (step > 0 ? 0 : last) : (this.active + step + last + 1) % (last + 1));
    } else if (event.key === "Enter" && isOpen && !this.stale && this.active >= 0 && !event.ctrlKey) {
      // Taken here; form.js must still go on to the next field, so the event is left alone.
      this.choose(this.active);
      if (this.input.form?.dataset.enter !== "next") event.preventDefault();
    } else if (event.key === "Enter" && this.closed?.() && !event.ctrlKey) {
      // Of a list with nothing but its choices, Enter takes the first that fits; one still on its way
      // is taken when the field is left.
      if (isOpen && !this.stale) this.choose(0);
      else this.entered = true;
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.open(false);
    }
  }
}

function overServer(input) {
  let asking;
  const least = Number(input.dataset.suggestMin ?? 1);
  const find = async (words) => {
    asking?.abort();
    if (words.length < least) return [];
    asking = new AbortController();
    const url = new URL(input.dataset.suggestUrl, location.href);
    url.searchParams.set("q", words);
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
    if (!answer.ok) return [];
    const said = await answer.json();
    return (said.results ?? said).map((one) => (typeof one === "string" ? { value: one } : one));
  };
  const take = (option) => {
    input.value = option.value;
    for (const [name, value] of Object.entries(option.fill ?? {})) {
      const field = input.form?.elements[name];
      if (field) field.value = value;
    }
  };
  new Combo(input, find, take);
}

function overSelect(select) {
  const input = document.createElement("input");
  input.type = "text";
  input.id = select.id;
  for (const name of ["aria-describedby", "aria-invalid", "placeholder", "autofocus"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  if (select.required) input.setAttribute("aria-required", "true");
  const choices = [...select.options].filter((option) => option.value).map((option) => ({
    value: option.value,
    label: option.label.trim(),
    hint: option.dataset.hint ?? option.parentElement.label ?? "",
    search: `${option.label} ${option.dataset.search ?? ""}`.toLowerCase(),
  }));
  const shown = () => (select.value ? select.selectedOptions[0].label.trim() : "");
  const find = async (words) => {
    if (!words || words === shown()) return choices.slice(0, 60);
    const parts = words.toLowerCase().split(/\s+/);
    return choices.filter((choice) => parts.every((part) => choice.search.includes(part))).slice(0, 60);
  };
  const take = (choice) => {
    select.value = choice.value;
    input.value = choice.label;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const focused = document.activeElement === select;
  input.value = shown();
  select.id += "-kept";
  select.before(input);
  select.hidden = true;
  const combo = new Combo(input, find, take);
  Object.assign(combo, { closed: () => input.value.trim() && input.value.trim() !== shown(), none: document.body.dataset.wordNone });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => combo.ask(0));
  // Words that name one choice are that choice; anything else goes back to what was chosen.
  combo.left = async () => {
    const words = input.value.trim();
    const entered = combo.entered;
    combo.entered = false;
    if (words === shown()) return;
    if (!words) select.value = "";
    else {
      const fits = await find(words);
      const exact = fits.find((choice) => choice.label === words) ?? (fits.length === 1 || entered ? fits[0] : undefined);
      if (exact) select.value = exact.value;
    }
    input.value = shown();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  if (focused) input.focus();
}

function start(root) {
  for (const input of root.querySelectorAll("input[data-suggest-url]:not([role=combobox])")) overServer(input);
  for (const select of root.querySelectorAll("select[data-combobox]:not([hidden], [multiple])")) overSelect(select);
}

start(document);
document.addEventListener("linli:row", (event) => start(event.target));
document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? document));
