// The rulebook in sentences: says how many rules differ from those in force while they are edited.
const form = document.querySelector("form:has([data-rules])");
const status = form?.querySelector("[data-count]");

function changed(control) {
  if (control.type === "hidden") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) return [...control.options].some((one) => one.selected !== one.defaultSelected);
  return control.value !== control.defaultValue;
}

function count() {
  let n = 0;
  for (const rule of form.querySelectorAll("[data-rule]")) {
    const differs = "differs" in rule.dataset || [...rule.querySelectorAll("input, select")].some(changed);
    rule.classList.toggle("is-changed", differs);
    n += differs;
  }
  const text = n === 0 ? status.dataset.none : n === 1 ? status.dataset.one : status.dataset.many.replace("%(n)s", n);
  if (status.textContent !== text) status.textContent = text;
}

if (form && status) {
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  count();
}
