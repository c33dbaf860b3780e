// Saved replies in the composer: `/` at the start of a word, or the button, opens the list; Enter puts the text in,
// filled in for this case, where the cursor stands. Nothing is sent before it was read.
const dialog = document.querySelector("dialog[data-responses]");
const area = document.querySelector("textarea[data-composer]");

if (dialog && area) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const shown = dialog.querySelector("[data-text]");
  const status = dialog.querySelector("[data-status]");
  let rows = [];
  let at = 0;
  let slash = false; // it was opened by a bar, which comes back if nothing is chosen
  let asking = 0;

  function put(text) {
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function mark(index) {
    at = Math.max(0, Math.min(rows.length - 1, index));
    [...list.children].forEach((node, other) => node.setAttribute("aria-selected", String(other === at)));
    const node = list.children[at];
    if (node) {
      input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
    shown.textContent = rows[at]?.text ?? "";
  }

  function choose(index) {
    const row = rows[index];
    if (!row) return;
    slash = false;
    dialog.close();
    put(row.text);
    const used = area.form.elements.responses;
    if (used) used.value = [...new Set([...used.value.split(",").filter(Boolean), String(row.id)])].slice(-20).join(",");
    if (row.missing) document.dispatchEvent(new CustomEvent("toast", { detail: { text: dialog.dataset.missing.replace("{fields}", row.missing), meaning: "attention" } }));
  }

  function draw() {
    list.replaceChildren(...rows.map((row, index) => {
      const node = dialog.querySelector("[data-option]").content.firstElementChild.cloneNode(true);
      node.id = `response_${index}`;
      node.querySelector("span").textContent = row.title;
      node.querySelector("small").textContent = row.tags;
      node.addEventListener("click", () => choose(index));
      node.addEventListener("pointermove", () => index !== at && mark(index));
      return node;
    }));
    status.textContent = rows.length ? "" : dialog.dataset.none;
    mark(0);
  }

  async function ask() {
    const mine = ++asking;
    const answer = await fetch(`${dialog.dataset.responses}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer?.ok || mine !== asking) return;
    rows = (await answer.json()).rows;
    if (mine === asking) draw();
  }

  function open(byBar) {
    slash = byBar;
    input.value = "";
    rows = [];
    list.replaceChildren();
    shown.textContent = status.textContent = "";
    dialog.showModal();
    ask();
  }

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) mark(at + step);
    else if (event.key === "Enter") choose(at);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("cancel", () => {
    if (slash) setTimeout(() => put("/"));
    slash = false;
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => area.focus());

  area.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const before = area.value[area.selectionStart - 1];
    if (before !== undefined && !/\s/.test(before)) return;
    event.preventDefault();
    open(true);
  });
  document.querySelectorAll("[data-responses-open]").forEach((opener) =>
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      open(false);
    }),
  );
}
