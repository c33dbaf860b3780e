// Actions open in the dialog of the page: a link with hx-target="#action" brings its form there.
const dialog = document.querySelector("dialog[data-action]");

if (dialog) {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== dialog) return;
    dialog.classList.toggle("dialog--wide", Boolean(dialog.querySelector("[data-wide]")));
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector(".error-summary, [autofocus], .dialog__body :is(input:not([type=hidden]), select, textarea)");
    first?.focus();
  });
  // "Cancelar" leads back to the page we never left.
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-dialog]")) event.preventDefault();
  });
  // Browsers tell of the closing with the next picture; by then the next action may already be open in it.
  dialog.addEventListener("close", () => dialog.open || dialog.replaceChildren());
}
