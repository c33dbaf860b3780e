// Light, dark or the system's. Kept in a cookie so that the server paints the right one at once.
import { onPiece } from "./dom.js";

const root = document.documentElement;

function paint() {
  document.querySelectorAll("[data-theme-value]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeValue === root.dataset.theme));
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-value]");
  if (!button) return;
  root.dataset.theme = button.dataset.themeValue;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  paint();
});

onPiece(paint);
