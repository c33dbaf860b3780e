// Passing lines at the foot of the page. They stay while pointed at or focused; bad news stays until closed.
import { clone, texts } from "./dom.js";

const place = () => document.querySelector("[data-toasts]");

function live(element) {
  element.querySelector("[data-close]")?.addEventListener("click", () => element.remove());
  if (element.dataset.toast === "danger") return;
  const undo = element.querySelector("form") ? 10000 : 0; // what can be undone stays at least as long as it can be
  const wait = Math.max(undo, 6000 + element.textContent.trim().length * 40);
  let timer = setTimeout(() => element.remove(), wait);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => element.remove(), 3000);
  };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("pointerleave", release);
  element.addEventListener("focusout", release);
}

export function toast(text, { meaning = "info", undo = null } = {}) {
  const element = clone("ui-toast");
  if (!element || !text) return;
  element.dataset.toast = meaning;
  element.querySelector(".toast__text").textContent = text;
  const action = element.querySelector(".toast__action");
  if (undo) {
    action.hidden = false;
    action.textContent = texts().undo;
    action.addEventListener("click", () => {
      element.remove();
      undo();
    });
  }
  place()?.append(element);
  live(element);
}

place()?.querySelectorAll(".toast").forEach(live);
// A response may ask for one: HX-Trigger: {"toast": {"text": "…", "meaning": "ok"}}
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail));
