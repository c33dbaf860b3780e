// The case under the cursor of a list, in the right rail.
const box = document.querySelector("[data-preview]");
const rail = document.getElementById("rail");
const wide = matchMedia("(min-width: 1101px)");

if (box && rail) {
  let timer = 0;
  let shown = rail.querySelector("[data-number]")?.dataset.number;
  let asked = shown;

  async function show(row) {
    const number = row.dataset.number;
    asked = number;
    if (number === shown || !wide.matches) return;
    const answer = await fetch(box.dataset.preview.replace("/0/", `/${number}/`), { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer?.ok || asked !== number) return;
    rail.innerHTML = await answer.text();
    rail.scrollTop = 0;
    shown = number;
    mark(row);
  }

  function mark(row) {
    box.querySelectorAll(".is-selected").forEach((other) => other.classList.remove("is-selected"));
    row.classList.add("is-selected");
  }

  const soon = (row, wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(row), wait);
  };

  box.addEventListener("list:select", (event) => soon(event.target, 90));
  box.addEventListener("pointerover", (event) => {
    const row = event.target.closest("[data-list] > li");
    if (row && event.pointerType === "mouse") soon(row, 220);
  });
  box.addEventListener("pointerleave", () => clearTimeout(timer));
  const first = box.querySelector(`[data-list] > [data-number="${CSS.escape(shown ?? "")}"]`);
  if (first && wide.matches) mark(first);
}
