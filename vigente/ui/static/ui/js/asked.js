// Fields that are asked only for some kinds of work, or after some answer, are hidden elsewhere. The server decides the same.
import { onPiece } from "./dom.js";

const answers = (form, name) =>
  [...form.elements]
    .filter((one) => one.name === name && (!["radio", "checkbox"].includes(one.type) || one.checked))
    .flatMap((one) => (one.selectedOptions ? [...one.selectedOptions].map((option) => option.value) : [one.value]));

// Whether what is chosen is one of these; where nothing can be chosen the server has chosen.
const fits = (form, name, only) => !only || !form.elements[name] || answers(form, name).some((one) => only.split(" ").includes(one));

function show(form) {
  const boxes = [...form.querySelectorAll("[data-asked]")];
  for (const box of boxes) box.hidden = false;
  for (let turn = 0; turn < boxes.length; turn += 1) {
    let changed = false;
    for (const box of boxes.filter((one) => !one.hidden)) {
      const [name, option] = (box.dataset.depends ?? "").split(":");
      const above = name && [...form.elements].find((one) => one.name === name)?.closest("[data-asked]");
      const right = fits(form, "work_type", box.dataset.works) && fits(form, "department", box.dataset.departments);
      if (right && (!name || (above && !above.hidden && answers(form, name).includes(option)))) continue;
      box.hidden = true;
      changed = true;
    }
    if (!changed) return;
  }
}

function start(form) {
  if (form.dataset.askedReady) return;
  form.dataset.askedReady = "1";
  form.addEventListener("change", () => show(form));
  form.addEventListener("input", () => show(form));
  show(form);
}

onPiece((piece) => new Set([...piece.querySelectorAll("[data-asked]")].map((box) => box.closest("form"))).forEach((form) => form && start(form)));
