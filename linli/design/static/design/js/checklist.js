/* Checklists: one list of several is shown, the rest is ticked by one key, and how far one is, is said.
   Without this script every list can be opened and the server takes the one that was answered. */
const items = (list) => [...list.querySelectorAll("[data-check]")];
const answerOf = (item) => item.querySelector("input[type=radio]:checked")?.value ?? "";

function say(list) {
  const line = list.querySelector("[data-checked]");
  const answers = items(list).map(answerOf);
  const done = answers.filter(Boolean).length;
  if (!done) return;
  line.textContent = line.dataset.words
    .replace("{done}", done)
    .replace("{all}", answers.length)
    .replace("{bad}", answers.filter((answer) => answer === "bad").length);
}

/* What was found bad stays: only items without an answer are ticked. */
function tickRest(list) {
  const open = items(list).filter((item) => !answerOf(item));
  for (const item of open) item.querySelector("input[value=ok]").checked = true;
  say(list);
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function showChosen(box, choice) {
  for (const list of box.querySelectorAll("[data-checklist]")) {
    const chosen = list.dataset.checklist === choice.value;
    list.hidden = !chosen;
    list.open = chosen;
  }
}

/* A list that is called as the category is meant with it, as long as nothing was ticked yet. */
function followCategory(box, choice) {
  const category = box.closest("form")?.elements.namedItem("category");
  category?.addEventListener?.("change", () => {
    const fitting = [...choice.options].some((option) => option.value && option.value === category.value);
    if (!fitting || box.querySelector("input[type=radio]:checked")) return;
    choice.value = category.value;
    showChosen(box, choice);
  });
}

for (const box of document.querySelectorAll("[data-checklists]")) {
  const choice = box.querySelector("[data-checklist-choice]");
  if (choice) {
    followCategory(box, choice);
    choice.addEventListener("change", () => showChosen(box, choice));
    showChosen(box, choice);
  }
  for (const list of box.querySelectorAll("[data-checklist]")) {
    const rest = list.querySelector("[data-check-rest]");
    rest.hidden = false;
    rest.addEventListener("click", () => tickRest(list));
    list.addEventListener("change", () => say(list));
    say(list);
  }
}
