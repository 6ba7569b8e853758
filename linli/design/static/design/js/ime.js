/* Is an input method composing? Then Enter and the letters belong to it, not to us.
   Safari ends the composition before the keydown of Enter, hence the old code 229 as well. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

/* Does the key go into something the person is typing in? */
export const inField = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select"));
