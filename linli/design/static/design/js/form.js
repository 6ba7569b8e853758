/* Forms: Enter goes on, Ctrl+Enter submits, a click submits once, repeated rows, a look at the errors.
   Everything is by data attributes; a form without JavaScript does the same with its buttons. */
import { composing } from "./ime.js";
import { startDrafts } from "./draft.js";

const STOPS = "input:not([type=hidden], [type=file]), select, textarea, button[type=submit]:not([data-row-add], [data-row-remove])";

const FIELDS = "input:not([type=hidden]), select, textarea";

function stops(form) {
  const all = [...form.querySelectorAll(STOPS)].filter((one) => !one.disabled && one.tabIndex >= 0 && one.getClientRects().length > 0);
  // A group of radios is one stop: its chosen button, or else its first.
  return all.filter((one) => {
    if (one.type !== "radio") return true;
    const group = all.filter((other) => other.type === "radio" && other.name === one.name);
    return one === (group.find((other) => other.checked) ?? group[0]);
  });
}

function goOn(form, from) {
  const all = stops(form);
  const start = from.type === "radio" ? all.find((one) => one.type === "radio" && one.name === from.name) : from;
  const next = all[all.indexOf(start) + 1];
  next?.focus();
  if (next?.matches("input:not([type=checkbox], [type=radio])")) next.select();
}

/* Enter in a form with data-enter="next" goes to the next field; buttons and long text keep their Enter. */
function onKey(event) {
  if (event.key !== "Enter" || event.defaultPrevented || composing(event)) return;
  const form = event.target.form;
  if (!form) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-main-submit]") ?? undefined);
  } else if (form.dataset.enter === "next" && !event.shiftKey && event.target.matches("input:not([type=submit], [type=button]), select")) {
    event.preventDefault();
    goOn(form, event.target);
  }
}

/* A second click on the button must not send the form twice. The page may come back from the
   browser's history (pageshow), then the button works again. */
function guard(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

/* Repeated rows as in Django formsets: data-rows="people" around rows and <template data-row-template>. */
function addRow(box) {
  if (!box.querySelector("template[data-row-template]")) {
    const row = grow(box);
    row?.querySelector(FIELDS)?.focus();
    return Boolean(row);
  }
  const total = box.querySelector(`input[name$="${box.dataset.rows}-TOTAL_FORMS"]`) ?? document.querySelector(`input[name="${box.dataset.rows}-TOTAL_FORMS"]`);
  const template = box.querySelector("template[data-row-template]");
  if (!total || !template) return false;
  const html = template.innerHTML.replaceAll("__prefix__", total.value);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const row = holder.content.firstElementChild;
  (box.querySelector("[data-row-list]") ?? box).append(row);
  total.value = String(Number(total.value) + 1);
  row.querySelector(FIELDS)?.focus();
  row.dispatchEvent(new CustomEvent("linli:row", { bubbles: true }));
  return true;
}

/* Rows without a template (name-0-phone, name-1-phone, ...): the next one is a copy of the last, emptied. */
function grow(box) {
  const last = [...box.querySelectorAll("[data-row]")].at(-1);
  if (!last) return null;
  const number = new RegExp(`^((?:id_)?${box.dataset.rows}-)(\\d+)-`);
  const next = Math.max(...[...box.querySelectorAll("[name]")].map((field) => Number(number.exec(field.name)?.[2] ?? 0))) + 1;
  const row = last.cloneNode(true);
  for (const part of row.querySelectorAll("[name], [id], [for]"))
    for (const attribute of ["name", "id", "for"])
      if (part.hasAttribute(attribute)) part.setAttribute(attribute, part.getAttribute(attribute).replace(number, `$1${next}-`));
  for (const field of row.querySelectorAll("input, textarea")) field.value = "";
  for (const field of row.querySelectorAll("select")) field.selectedIndex = 0;
  last.after(row);
  row.dispatchEvent(new CustomEvent("linli:row", { bubbles: true }));
  return row;
}

/* Where there is no button to add one, an empty row always stands at the end. */
function keepSpare(event) {
  const row = event.target.closest?.("[data-rows] [data-row]");
  const box = row?.closest("[data-rows]");
  if (!box || box.querySelector("[data-row-add], template[data-row-template]")) return;
  if (row === [...box.querySelectorAll("[data-row]")].at(-1) && event.target.value) grow(box);
}

/* A row goes by its DELETE box (the server decides); one without a box is emptied and hidden, so that
   the numbers of the other rows stay. */
function removeRow(row) {
  const box = row.querySelector('input[name$="-DELETE"]');
  if (box) box.checked = true;
  else for (const field of row.querySelectorAll("input, select, textarea")) field.type === "checkbox" || field.type === "radio" ? (field.checked = false) : (field.value = "");
  row.hidden = true;
  row.dispatchEvent(new Event("input", { bubbles: true }));
  row.closest("[data-rows]")?.querySelector("[data-row-add]")?.focus();
}

function onClick(event) {
  const add = event.target.closest("[data-row-add]");
  if (add) {
    const box = add.closest("[data-rows]");
    if (box && addRow(box)) event.preventDefault();
    return;
  }
  const remove = event.target.closest("[data-row-remove]");
  const row = remove?.closest("[data-row]");
  if (row) {
    event.preventDefault();
    removeRow(row);
  }
}

/* Links of the error summary go into the field, not only to it. */
function onSummaryLink(event) {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", guard);
document.addEventListener("input", keepSpare);
document.addEventListener("click", onClick);
document.addEventListener("click", onSummaryLink);
document.addEventListener("htmx:afterRequest", (event) => event.target.matches?.("form") && release(event.target));
window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sent]").forEach(release));
document.querySelector("[data-error-summary]")?.focus();
startDrafts();
