/* A form of an own ledger while it is filled in: what does not apply is hidden, what is calculated is
   worked out, what breaks a constraint is told. The server does the same and decides
   (linli/ledger/declaration/conditions.py). A wrapper has data-own (name), data-kind, and the trees data-when,
   data-fits, data-worked; a heading or a note data-when alone. */
import { judge, namesIn, truth } from "./expressions.js";

const WIDE = /[０-９．－＋]/g;
const forms = new Set();
const waiting = new Set();
let pressed = false;

function tree(element, name) {
  element.trees ??= {};
  if (!(name in element.trees)) element.trees[name] = element.dataset[name] ? JSON.parse(element.dataset[name]) : undefined;
  return element.trees[name];
}

function number(text) {
  const bare = text.replace(WIDE, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/[,，_\s]/g, "");
  return bare !== "" && Number.isFinite(Number(bare)) ? Number(bare) : text;
}

/* What a field says, as expressions know it. */
function said(wrapper) {
  if (wrapper.gone) return "";
  const fields = [...wrapper.querySelectorAll("input[name], select[name], textarea[name]")];
  const kind = wrapper.dataset.kind;
  if (kind === "choices") return fields.filter((one) => one.checked).map((one) => one.value);
  if (kind === "files") return fields.filter((one) => one.value && (one.type === "hidden" || one.checked || one.type === "file")).map(() => "x");
  if (kind === "rows" || kind === "people") return "";
  const text = (fields.find((one) => one.type !== "hidden") ?? fields[0])?.value.trim() ?? "";
  if (kind === "flag") return { 1: "yes", 0: "no" }[text] ?? "";
  if (kind === "integer" || kind === "decimal") return number(text);
  return text;
}

/* A calculated value as its box shows it. */
function shownAs(kind, found) {
  if (typeof found === "boolean") return found ? "true" : "false";
  if (typeof found !== "number") return found;
  if (kind === "date") return new Date(Math.floor(found) * 86400000).toISOString().slice(0, 10);
  return String(kind === "integer" ? Math.round(found) : Math.round(found * 1e6) / 1e6);
}

function hide(element, gone) {
  if (element.gone === gone) return false;
  element.gone = gone;
  element.hidden = gone;
  return true;
}

/* One pass over the elements that see the same values; says whether anything moved. */
function pass(elements, around) {
  let moved = false;
  const values = { ...around };
  const own = elements.filter((one) => one.dataset.own);
  for (const one of own) values[one.dataset.own] = said(one);
  for (const one of elements) {
    const when = tree(one, "when");
    if (when !== undefined && hide(one, !truth(when, { values }))) moved = true;
    const worked = one.dataset.own && tree(one, "worked");
    if (worked !== undefined && worked !== "" && !one.gone) {
      const box = one.querySelector("input");
      const text = String(shownAs(one.dataset.kind, judge(worked, { values })));
      if (box && box.value !== text) {
        box.value = text;
        moved = true;
      }
    }
    if (one.dataset.own) values[one.dataset.own] = said(one);
  }
  return [moved, values];
}

function complain(wrapper, values) {
  const fits = tree(wrapper, "fits");
  if (fits === undefined) return;
  const own = said(wrapper);
  const wrong = !wrapper.gone && own !== "" && !truth(fits, { values, own });
  const field = wrapper.matches(".field") ? wrapper : wrapper.querySelector(".field");
  let note = field.querySelector(".live-error");
  if (!wrong) {
    note?.remove();
    if (note) field.classList.remove("wrong");
    return;
  }
  if (note) return;
  note = document.createElement("p");
  note.className = "field-error live-error";
  note.setAttribute("role", "alert");
  note.textContent = wrapper.dataset.complaint;
  field.classList.add("wrong");
  field.append(note);
}

function update(form) {
  const elements = [...form.querySelectorAll("[data-own], [data-when]")];
  const rows = [...form.querySelectorAll("[data-row]")];
  const inRow = (element) => element.closest("[data-row]");
  const outside = elements.filter((one) => !inRow(one));
  let moved = true;
  let values = {};
  for (let times = 0; moved && times <= outside.length; times++) [moved, values] = pass(outside, {});
  judgeTouched(outside, values);
  for (const row of rows) {
    const inside = elements.filter((one) => inRow(one) === row);
    let here = values;
    moved = inside.length > 0;
    for (let times = 0; moved && times <= inside.length; times++) [moved, here] = pass(inside, values);
    judgeTouched(inside, here);
  }
}

/* A constraint speaks once its field, or one that it refers to, was filled in. */
function judgeTouched(elements, values) {
  const touched = new Set(elements.filter((one) => one.touched).map((one) => one.dataset.own));
  for (const one of elements) {
    if (!one.dataset.fits) continue;
    if (one.touched || namesIn(tree(one, "fits")).some((name) => touched.has(name))) complain(one, values);
  }
}

/* Very many boxes to tick: a field above them narrows what is shown; what is ticked stays. */
function narrow(box) {
  const group = box.closest(".choices-box");
  if (!group || group.dataset.narrowed) return;
  group.dataset.narrowed = "yes";
  group.classList.add("many");
  const find = Object.assign(document.createElement("input"), { type: "search", className: "narrow" });
  find.setAttribute("aria-label", group.closest("fieldset")?.querySelector("legend")?.textContent.trim() ?? "");
  const lines = [...group.querySelectorAll("label")].map((label) => [label.closest("div") === group ? label : label.closest("div"), label]);
  const show = () => {
    const words = find.value.trim().toLowerCase();
    let shown = 0;
    for (const [line, label] of lines) {
      const on = label.querySelector("input").checked;
      const fits = on || ((!words || label.textContent.toLowerCase().includes(words)) && shown < 60);
      line.hidden = !fits;
      if (fits && !on) shown++;
    }
  };
  find.addEventListener("input", show);
  group.prepend(find);
  show();
}

function onChange(event) {
  const form = event.target.form;
  if (!forms.has(form)) return;
  if (event.type === "change") {
    const wrapper = event.target.closest("[data-own]");
    if (wrapper) wrapper.touched = true;
  }
  if (pressed) waiting.add(form);
  else update(form);
}

/* A field that is left by pressing something below it: were its complaint shown at once, what is
   pressed would move away under the finger, and the press be lost. */
function released() {
  pressed = false;
  setTimeout(() => {
    for (const form of waiting) update(form);
    waiting.clear();
  });
}

for (const form of document.querySelectorAll("form")) {
  if (!form.querySelector("[data-own], [data-when]")) continue;
  forms.add(form);
  update(form);
}
for (const box of document.querySelectorAll("[data-many]")) narrow(box);
document.addEventListener("pointerdown", () => (pressed = true), true);
document.addEventListener("pointerup", released, true);
document.addEventListener("pointercancel", released, true);
document.addEventListener("input", onChange);
document.addEventListener("change", onChange);
document.addEventListener("linli:row", (event) => {
  const form = event.target.closest("form");
  if (forms.has(form)) update(form);
});
