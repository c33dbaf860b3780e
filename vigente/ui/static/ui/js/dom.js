// What the modules share: texts in the reader's language, templates, and "run this on the page and on every new piece of it".
export const texts = () => document.getElementById("ui-texts")?.dataset ?? {};

export function clone(id) {
  const template = document.getElementById(id);
  return template ? template.content.firstElementChild.cloneNode(true) : null;
}

const starters = [];

export function onPiece(start) {
  starters.push(start);
  start(document);
}

document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) starters.forEach((start) => start(event.target));
});

// A field in a dialog just closed may keep the focus until the next picture; nobody types there.
export const isTyping = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || element.matches("input:not([type=checkbox],[type=radio]), textarea, select")) &&
  !element.closest("dialog:not([open])");

export const canStore = (() => {
  try {
    localStorage.setItem("ui-probe", "1");
    localStorage.removeItem("ui-probe");
    return true;
  } catch {
    return false;
  }
})();
