// The workspace without a mouse. Letters act only outside of text fields.
//   j k Enter    move in [data-list] (items: its children), open the first link
//   any [data-shortcut="r"] or "g q": a link is followed, a button pressed, a field focused
//   / search ([data-search])   ? help   Escape leaves a field
import { isTyping } from "./dom.js";

let prefix = "";
let timer = 0;

const items = () => [...document.querySelectorAll("[data-list] > *")].filter((item) => item.querySelector("a"));

function select(item) {
  document.querySelectorAll("[data-list] > .is-selected").forEach((other) => other.classList.remove("is-selected"));
  item.classList.add("is-selected");
  item.scrollIntoView({ block: "nearest" });
  const link = item.querySelector("a");
  link.focus({ preventScroll: true });
  item.dispatchEvent(new CustomEvent("list:select", { bubbles: true }));
}

function move(step) {
  const all = items();
  if (!all.length) return;
  const at = all.findIndex((item) => item.classList.contains("is-selected"));
  const next = at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  select(all[next]);
}

function act(keys) {
  const target = document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
  if (!target) return false;
  if (target.matches("textarea, select, input:not([type=radio],[type=checkbox],[type=submit],[type=button])")) {
    target.focus();
    target.scrollIntoView({ block: "center" });
  } else {
    target.click();
    if (target.dataset.thenFocus) document.querySelector(target.dataset.thenFocus)?.focus();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = document.activeElement?.closest("form[data-submit-keys]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (event.key === "Escape" && isTyping(document.activeElement) && !document.activeElement.closest("dialog")) {
    document.activeElement.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || document.querySelector("dialog[open]")) return;

  clearTimeout(timer);
  const keys = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  let done = true;
  if (keys === "j" || keys === "k") move(keys === "j" ? 1 : -1);
  else if (keys === "/") document.querySelector("[data-search]")?.focus();
  else if (keys === "?") document.getElementById("shortcuts")?.showModal();
  else if (keys === "g") {
    prefix = "g";
    timer = setTimeout(() => (prefix = ""), 1200);
  } else if (keys === "Enter") done = openSelected(event);
  else done = act(keys);
  if (done) event.preventDefault();
});

function openSelected(event) {
  if (event.target !== document.body) return false; // a focused link opens itself
  const link = document.querySelector("[data-list] > .is-selected a");
  link?.click();
  return Boolean(link);
}

// Coming back to a list finds the same row selected.
document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.("[data-list] > *");
  if (item && !item.classList.contains("is-selected") && event.target.matches("a")) select(item);
});
