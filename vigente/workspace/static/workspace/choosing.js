// Choosing cases in a list: x toggles, X goes on to here, * takes the whole list, also beyond the page, Escape none.
// What is done with none chosen is done with the case under the cursor.
const form = document.querySelector("[data-choosing]");

if (form) {
  const said = form.querySelector(".choosing__said");
  const numbers = new Set();
  let whole = 0;
  let last = null;

  const rows = () => [...document.querySelectorAll(".queue--select > li")];
  const box = (row) => row.querySelector(".queue__check input");
  const current = () => document.querySelector(".queue--select > .is-selected");

  function show() {
    rows().forEach((row) => {
      const chosen = Boolean(whole) || numbers.has(row.dataset.number);
      if (box(row).checked !== chosen) box(row).checked = chosen;
      row.classList.toggle("is-chosen", chosen);
    });
    const count = whole || numbers.size;
    form.classList.toggle("is-open", Boolean(count));
    said.textContent = !count ? "" : count === 1 ? form.dataset.one : form.dataset.many.replace("{n}", form.dataset.whole || count);
  }

  function none() {
    numbers.clear();
    whole = 0;
    delete form.dataset.whole;
    show();
  }

  function choose(row, on) {
    if (whole) {
      none();
      rows().forEach((other) => numbers.add(other.dataset.number)); // from "all" only what is seen can be taken out
    }
    if (on) numbers.add(row.dataset.number);
    else numbers.delete(row.dataset.number);
    last = row.dataset.number;
    show();
  }

  function chooseTo(row) {
    const all = rows();
    const from = all.findIndex((other) => other.dataset.number === last);
    const to = all.indexOf(row);
    const [first, end] = from === -1 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    all.slice(first, end + 1).forEach((other) => numbers.add(other.dataset.number));
    last = row.dataset.number;
    show();
  }

  async function chooseAll() {
    const answer = await fetch(`${form.dataset.countUrl}?of=${encodeURIComponent(form.dataset.of)}`, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const { count, text } = await answer.json();
    numbers.clear();
    whole = count;
    form.dataset.whole = text;
    show();
  }

  function selection() {
    if (whole) return { of: form.dataset.of };
    const chosen = numbers.size ? [...numbers] : current() ? [current().dataset.number] : [];
    return { case: chosen.join(",") };
  }

  document.addEventListener("click", (event) => {
    const input = event.target.closest(".queue__check input");
    if (!input) return;
    const row = input.closest("li");
    if (event.shiftKey && last) chooseTo(row);
    else choose(row, input.checked);
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-choose-all]")) chooseAll();
    else if (button.matches("[data-choose-none]")) none();
    else if (button.name === "act" && window.htmx) {
      event.preventDefault();
      const values = { act: button.value, ...selection() };
      if (!values.of && !values.case) return;
      if (button.matches("[data-direct]")) {
        values.key = crypto.randomUUID?.() ?? String(Math.random());
        window.htmx.ajax("POST", form.action, { values, target: "#bulk", swap: "innerHTML", source: form.closest("main") ?? document.body });
      } else window.htmx.ajax("GET", form.action, { values, target: "#action", swap: "innerHTML", source: document.body });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "x" && current()) choose(current(), !box(current()).checked);
    else if (event.key === "X" && current()) chooseTo(current());
    else if (event.key === "Escape" && (numbers.size || whole)) none();
  });

  document.body.addEventListener("bulk:started", () => {
    document.querySelector("dialog[data-action][open]")?.close();
    none();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-strip-close]")?.closest(".strip")?.remove());
  document.body.addEventListener("htmx:afterSwap", (event) => event.target.matches?.("[data-list]") && show());
  // Rows that are drawn anew keep their mark.
  const lists = new MutationObserver(() => rows().some((row) => box(row).checked !== (Boolean(whole) || numbers.has(row.dataset.number))) && show());
  document.querySelectorAll("[data-live]").forEach((live) => lists.observe(live, { childList: true, subtree: true }));
  show();
}
