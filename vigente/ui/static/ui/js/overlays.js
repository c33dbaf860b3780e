// Dialogs, menus and the phone's drawer. Openers are real links where a page exists, so nothing depends on this file.
import { onPiece } from "./dom.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      opener.closest("details[data-menu]")?.removeAttribute("open");
      dialog.showModal();
    }
    return;
  }
  if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
  event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });

  const drawer = document.getElementById("menu");
  if (event.target.closest("[data-menu-open]") && drawer) {
    event.preventDefault();
    drawer.classList.add("is-open");
    drawer.querySelector("a")?.focus();
  } else if (drawer?.classList.contains("is-open") && (event.target.closest("[data-menu-close]") || !drawer.contains(event.target))) {
    if (event.target.closest("[data-menu-close]")) event.preventDefault();
    drawer.classList.remove("is-open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.getElementById("menu")?.classList.remove("is-open");
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

onPiece((piece) => piece.querySelector("[data-autofocus]")?.focus());
