/* The print button of print pages; hidden without JavaScript, where the browser's own menu prints. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
