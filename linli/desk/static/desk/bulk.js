/* Ticking rows of a list: the box in the head ticks the page, Shift ticks a range, X ticks the row
   that j and k stand on. Without this script the boxes and buttons work as a plain form. */
import { composing, inField } from "../design/js/ime.js";

const form = document.querySelector("[data-bulk]");

if (form) {
  const boxes = [...document.querySelectorAll(`input[form="${form.id}"][name="entry"]`)];
  const head = document.querySelector("[data-bulk-page]");
  const whole = form.querySelector("[data-bulk-all]");
  const count = form.querySelector("[data-bulk-count]");
  let last = null;

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    const any = ticked > 0 || Boolean(whole?.checked);
    for (const button of form.querySelectorAll("button[name=action]")) button.disabled = !any;
    count.hidden = ticked === 0;
    count.querySelector("b").textContent = String(ticked);
    if (head) {
      head.checked = ticked === boxes.length;
      head.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    for (const box of boxes) box.closest("tr").classList.toggle("ticked", box.checked);
  };

  const tick = (box, shift) => {
    if (shift && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  };

  for (const box of boxes) box.addEventListener("click", (event) => tick(box, event.shiftKey));
  if (head) {
    head.closest("[hidden]")?.removeAttribute("hidden");
    head.addEventListener("change", () => {
      for (const box of boxes) box.checked = head.checked;
      show();
    });
  }
  whole?.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (composing(event) || inField(event.target) || document.body.classList.contains("keys-off")) return;
    const box = document.querySelector(`tr[aria-selected="true"] input[form="${form.id}"]`);
    if (!box) return;
    box.checked = !box.checked;
    tick(box, event.shiftKey);
    event.preventDefault();
  });
  window.addEventListener("pageshow", show); // the back button brings ticks back
  show();
}
