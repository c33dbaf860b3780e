// Nothing typed is lost: forms with data-draft="key" save themselves in this browser, apart for each person.
// Cleared only when the server says it took them (data-draft-done on the next page), never by sending alone:
// a session that ended or a lost connection leaves the draft where it was.
import { canStore, clone, onPiece, texts } from "./dom.js";

const WEEKS = 4 * 7 * 24 * 3600 * 1000;
const prefix = `draft:${document.body.dataset.user ?? "anonymous"}:`;
const SKIP = new Set(["csrfmiddlewaretoken", "password", "submission_key"]);

const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && !SKIP.has(field.name) && !["hidden", "file", "password", "submit", "button"].includes(field.type));

function snapshot(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) (values[field.name] ??= []).push(field.value);
      else values[field.name] ??= [];
    } else values[field.name] = field.value;
  }
  return values;
}

const hasText = (form) => fieldsOf(form).some((field) => field.matches("textarea, input:not([type=radio],[type=checkbox])") && field.value.trim());

function apply(form, values) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = values[field.name].includes(field.value);
    else if (field.value !== values[field.name]) {
      field.value = values[field.name];
      changed = true;
    }
  }
  return changed;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function announce(form, key, initial) {
  const notice = clone("ui-draft");
  if (!notice) return;
  notice.querySelector("[data-discard]").addEventListener("click", () => {
    localStorage.removeItem(key);
    apply(form, initial);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    notice.remove();
  });
  form.prepend(notice);
}

// A sent text that stands in the conversation has arrived, whoever forgot to say so.
function shown(values) {
  const said = document.querySelector(".conversation")?.textContent.replace(/\s+/g, " ") ?? "";
  const text = (values.body ?? "").replace(/\s+/g, " ").trim();
  return text.length > 0 && said.includes(text);
}

function watch(form) {
  const key = prefix + form.dataset.draft;
  const initial = snapshot(form);
  const kept = read(key);
  const refused = form.querySelector("[aria-invalid], .field--invalid, .error-summary");
  const { draftSince, now } = form.dataset; // the server has a draft of this age, which the form holds already
  const newer = draftSince && kept && kept.at <= Date.now() - (new Date(now) - new Date(draftSince));
  if (newer || (kept?.sent && shown(kept.values))) localStorage.removeItem(key);
  else if (kept && !refused && Date.now() - kept.at < WEEKS && apply(form, kept.values)) announce(form, key, initial);

  const status = form.querySelector("[data-draft-status]");
  let timer = 0;
  let sent = false;
  let touched = false;
  const save = () => {
    clearTimeout(timer);
    if (!hasText(form)) {
      localStorage.removeItem(key);
      if (status) status.textContent = "";
      return;
    }
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: snapshot(form) }));
      if (status) status.textContent = texts().saved;
    } catch { /* the browser is full: the page itself still holds the text */ }
  };
  form.addEventListener("input", () => {
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  form.addEventListener("submit", () => {
    save();
    sent = true;
    const now = read(key);
    if (now) localStorage.setItem(key, JSON.stringify({ ...now, sent }));
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) localStorage.removeItem(key);
    sent = false;
  });
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (touched && !sent) save();
  });
}

if (canStore) {
  document.querySelectorAll("[data-draft-done]").forEach((element) => localStorage.removeItem(prefix + element.dataset.draftDone));
  onPiece((piece) => {
    const forms = piece.matches?.("form[data-draft]") ? [piece] : piece.querySelectorAll("form[data-draft]");
    forms.forEach(watch);
  });
}
