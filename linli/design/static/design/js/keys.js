/* Single keys: / find, ? help, j k rows, Enter opens, and data-key="v" on any link or button.
   Never while typing or composing; switched off by the cookie linli_keys=off (see the dialog). */
import { composing, inField } from "./ime.js";

const dialog = document.querySelector("[data-keys-dialog]");
const isOn = () => !document.body.classList.contains("keys-off");
const visible = (element) => element.getClientRects().length > 0;
const ROWS = "[data-rows-nav] [data-href], table.grid tbody tr:has(a[href])";

function rows() {
  return [...document.querySelectorAll(ROWS)].filter(visible);
}

function moveRow(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
  if (now >= 0) all[now].removeAttribute("aria-selected");
  all[next].setAttribute("aria-selected", "true");
  linkOf(all[next])?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function linkOf(row) {
  return row.querySelector("a[data-open]") ?? row.querySelector("td.wide a[href]") ?? row.querySelector("a[href]");
}

function openRow() {
  const row = document.querySelector("[aria-selected=true]:is(tr, [data-href])");
  const link = row && linkOf(row);
  if (link) link.click();
  return Boolean(link);
}

/* What data-key elements are called, for the list of keys and for assistive technology. */
function describe(element) {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
  return copy.textContent.trim();
}

function listPageKeys() {
  const list = dialog.querySelector("[data-keys-page]");
  const keyed = [...document.querySelectorAll("[data-key]")].filter(visible);
  list.replaceChildren(
    ...keyed.flatMap((element) => {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = element.dataset.key.toUpperCase();
      term.append(cap);
      const meaning = document.createElement("dd");
      meaning.textContent = describe(element);
      return [term, meaning];
    }),
  );
  dialog.querySelector("[data-keys-page-title]").hidden = keyed.length === 0;
}

function openKeys() {
  if (!dialog || dialog.open) return;
  listPageKeys();
  dialog.showModal();
}

function find() {
  const field = document.querySelector("[data-find]");
  if (!field || !visible(field)) return false;
  field.focus();
  field.select();
  return true;
}

function pressKeyed(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)].find(visible);
  if (!element) return false;
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || composing(event)) return;
  if (event.key === "Escape" && inField(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
  if (event.target.closest?.("dialog[open]") || !isOn()) return;
  if (event.key === "Enter") {
    if (!event.target.closest?.("a, button, summary") && openRow()) event.preventDefault();
    return;
  }
  const done =
    (event.key === "/" && find()) ||
    (event.key === "?" && (openKeys(), true)) ||
    (event.key === "j" && (moveRow(1), true)) ||
    (event.key === "k" && (moveRow(-1), true)) ||
    (/^[a-z0-9]$/i.test(event.key) && pressKeyed(event.key));
  if (done) event.preventDefault();
}

function switchKeys(on) {
  document.body.classList.toggle("keys-off", !on);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `linli_keys=${on ? "on" : "off"}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

document.addEventListener("keydown", onKey);
for (const element of document.querySelectorAll("[data-key]")) element.setAttribute("aria-keyshortcuts", element.dataset.key);
for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", openKeys);
}
dialog?.querySelector("[data-keys-switch]").addEventListener("change", (event) => switchKeys(event.target.checked));

/* Menus of the header close on a click elsewhere and on Escape. */
document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll("[data-drop][open]")) if (!drop.contains(event.target)) drop.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of document.querySelectorAll("[data-drop][open]")) {
    drop.open = false;
    drop.querySelector("summary").focus();
  }
});
