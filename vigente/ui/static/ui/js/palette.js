// Ctrl/⌘-K: every navigation link and every [data-command] of this page, what the server finds, and a search for the rest.
const dialog = document.querySelector("[data-palette]");

if (dialog) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const state = dialog.querySelector("[data-failed]");
  let options = [];
  let there = { query: "", rows: [] };
  let timer = 0;
  let at = 0;

  const sources = () =>
    [...document.querySelectorAll(".desk__nav li a, .topbar__nav a, [data-command]")].map((element) => ({
      element,
      label: element.dataset.command || (element.querySelector("span") ?? element).textContent.trim(),
      keys: element.dataset.shortcut,
    }));

  function option(source, index) {
    const node = dialog.querySelector("[data-option]").content.firstElementChild.cloneNode(true);
    node.id = `palette_${index}`;
    node.querySelector("span").textContent = source.label;
    if (source.element.href) node.href = source.element.href;
    for (const key of source.keys?.split(" ") ?? []) {
      const mark = document.createElement("kbd");
      mark.textContent = key;
      node.append(mark);
    }
    node.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
      source.element.click();
    });
    return node;
  }

  // Cases, organizations, people and views, a moment after the last key; an answer to what was typed before is let go.
  async function find(query) {
    const answer = await fetch(`${dialog.dataset.findUrl}?q=${encodeURIComponent(query)}`, { headers: { "X-Requested-With": "fetch", Accept: "application/json" }, credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (input.value.trim() !== query) return;
    if (state) state.textContent = answer?.ok ? "" : state.dataset.failed;
    if (!answer?.ok) return;
    there = { query, rows: (await answer.json()).rows };
    draw(at);
  }

  function foundOption(row, index) {
    const node = dialog.querySelector("[data-option]").content.firstElementChild.cloneNode(true);
    node.id = `palette_${index}`;
    node.href = row.url;
    node.querySelector("span").textContent = row.label;
    const what = document.createElement("small");
    what.textContent = row.what;
    node.append(what);
    return node;
  }

  function searchOption(query, index) {
    const url = dialog.dataset.searchUrl;
    if (!url || !query) return [];
    const node = dialog.querySelector("[data-search-option]").content.firstElementChild.cloneNode(true);
    node.id = `palette_${index}`;
    node.querySelector("b").textContent = query;
    node.href = `${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`;
    return [node];
  }

  function draw(place = 0) {
    const query = input.value.trim();
    const words = plain(query).split(/\s+/);
    const found = sources().filter(({ label }) => words.every((word) => plain(label).includes(word)));
    const nodes = found.map(option);
    if (query && there.query === query) nodes.push(...there.rows.map((row, index) => foundOption(row, nodes.length + index)));
    nodes.push(...searchOption(query, nodes.length));
    list.replaceChildren(...nodes);
    options = nodes;
    mark(place);
  }

  function mark(index) {
    at = Math.max(0, Math.min(options.length - 1, index));
    options.forEach((node, other) => node.setAttribute("aria-selected", String(other === at)));
    if (options[at]) {
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", () => {
    draw();
    clearTimeout(timer);
    const query = input.value.trim();
    if (state) state.textContent = "";
    if (dialog.dataset.findUrl && query.length > 1) timer = setTimeout(() => find(query), 90);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter") options[at]?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      input.value = "";
      dialog.showModal();
      draw();
      input.focus();
    }
  });
}
