// The editor of conditions: draws the JSON in the hidden field, and writes it back at every change.
import { onPiece } from "./dom.js";

const DEEPEST = 4;
const MANY = 8; // choices from which there is something to search

function start(root) {
  if (root.dataset.ready) return;
  root.dataset.ready = "1";
  const hidden = root.querySelector("[data-condition-value]");
  const { fields, ops } = JSON.parse(root.dataset.catalogue);
  const shape = (name) => root.querySelector(`template[data-shape="${name}"]`).content.firstElementChild.cloneNode(true);
  const fieldOf = (name) => fields.find((field) => field.name === name);

  function drawGroup(data, deep) {
    const box = shape("group");
    box.querySelector("[data-every]").value = data.any ? "any" : "all";
    const parts = box.querySelector("[data-parts]");
    for (const part of data.all ?? data.any ?? []) parts.append(drawPart(part, deep - 1));
    if (deep === DEEPEST) box.querySelector("[data-remove]").hidden = true;
    if (deep <= 1) box.querySelector('[data-add="group"]').hidden = true;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || button.closest("[data-group]") !== box) return;
      if (button.dataset.add) {
        const item = drawPart(button.dataset.add === "group" ? { any: [{}] } : {}, deep - 1);
        parts.append(item);
        item.querySelector("[data-field]").focus();
        save();
      } else if ("remove" in button.dataset && !button.closest("[data-check]")) {
        remove(box.parentElement);
      }
    });
    return box;
  }

  function drawPart(data, deep) {
    const item = document.createElement("li");
    item.append(Array.isArray(data.all ?? data.any) ? drawGroup(data, deep) : drawCheck(data));
    return item;
  }

  function remove(item) {
    const near = item.nextElementSibling ?? item.previousElementSibling;
    const group = item.parentElement.closest("[data-group]");
    item.remove();
    (near?.querySelector("select") ?? group.querySelector(':scope > .row [data-add="check"]')).focus();
    save();
  }

  function drawCheck(data) {
    const row = shape("check");
    const [field, op, place] = ["field", "op", "value"].map((name) => row.querySelector(`[data-${name}]`));
    for (const [heading, inside] of grouped(fields)) {
      const group = document.createElement("optgroup");
      group.label = heading;
      group.append(...inside.map((one) => new Option(one.label, one.name)));
      field.append(group);
    }
    if (fieldOf(data.field)) field.value = data.field;
    const choose = (chosen) => {
      const known = fieldOf(field.value);
      op.replaceChildren(...(known ? ops[known.type] : []).map(([value, label]) => new Option(label, value)));
      if (chosen) op.value = chosen;
      if (op.selectedIndex < 0) op.selectedIndex = 0;
      op.hidden = !known;
    };
    const ask = (value) => {
      const known = fieldOf(field.value);
      const control = known ? ops[known.type].find(([name]) => name === op.value)?.[2] : "";
      if (place.dataset.control === `${control}:${control === "list" ? field.value : ""}`) return; // keeps what was typed
      place.dataset.control = `${control}:${control === "list" ? field.value : ""}`;
      place.replaceChildren(...(control ? [controls[control](value, known)] : []));
    };
    choose(data.op);
    ask(data.value);
    field.addEventListener("change", () => {
      choose();
      delete place.dataset.control;
      ask();
    });
    op.addEventListener("change", () => ask());
    row.querySelector("[data-remove]").addEventListener("click", () => remove(row.parentElement));
    return row;
  }

  const simple = (kind) => (value) => {
    const input = shape(kind);
    input.value = typeof value === "object" ? "" : (value ?? "");
    return input;
  };
  const controls = {
    text: simple("text"),
    number: simple("number"),
    date: simple("date"),
    span(value) {
      const box = shape("span");
      const [input, unit] = box.children;
      const minutes = Number(value) || 0;
      unit.value = [...unit.options].map((one) => one.value).reverse().find((one) => minutes && minutes % one === 0) ?? "60";
      input.value = minutes ? minutes / unit.value : "";
      return box;
    },
    list: (value, field) => drawPick(shape("list"), shape, field, Array.isArray(value) ? value.map(String) : [], save),
  };

  function readPart(item) {
    const box = item.firstElementChild;
    return "group" in box.dataset ? readGroup(box) : readCheck(box);
  }

  function readGroup(box) {
    const parts = [...box.querySelector(":scope > [data-parts]").children].map(readPart);
    const every = box.querySelector("[data-every]").value;
    box.querySelector(":scope > [data-none]").hidden = parts.length > 0 || every !== "all";
    box.querySelector(":scope > [data-never]").hidden = parts.length > 0 || every === "all";
    return { [every]: parts };
  }

  function readCheck(row) {
    const check = { field: row.querySelector("[data-field]").value, op: row.querySelector("[data-op]").value };
    const place = row.querySelector("[data-value]");
    const [kind] = (place.dataset.control ?? "").split(":");
    const input = place.querySelector("input");
    if (kind === "list") check.value = [...place.firstElementChild.chosen.keys()];
    else if (kind === "span") check.value = input.value ? Math.round(input.value * place.querySelector("select").value) : "";
    else if (kind) check.value = input.value;
    return check;
  }

  function save() {
    const data = JSON.stringify(readGroup(root.querySelector("[data-group]")));
    if (data === hidden.value) return;
    hidden.value = data;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function markWrong(path) {
    if (!path) return;
    const steps = path.split(".").filter((step) => /^\d+$/.test(step));
    let box = root.querySelector("[data-group]");
    for (const step of steps) box = box?.querySelector(":scope > [data-parts]")?.children[step]?.firstElementChild;
    const help = root.closest(".field")?.querySelector(".field__error")?.id;
    for (const control of box?.querySelectorAll(":scope > select, :scope > [data-value] :is(input, select)") ?? []) {
      control.setAttribute("aria-invalid", "true");
      if (help) control.setAttribute("aria-describedby", help);
    }
  }

  let data;
  try {
    data = JSON.parse(hidden.value);
  } catch {
    data = {};
  }
  if (!Array.isArray(data.all ?? data.any)) data = { all: data.field ? [data] : [] };
  root.append(drawGroup(data, DEEPEST));
  readGroup(root.querySelector("[data-group]"));
  markWrong(root.dataset.wrong);
  root.addEventListener("input", (event) => event.target !== hidden && save());
  root.addEventListener("change", (event) => event.target !== hidden && save());
}

function grouped(fields) {
  const found = new Map();
  for (const field of fields) found.set(field.heading, [...(found.get(field.heading) ?? []), field]);
  return found;
}

// Several of many: a disclosure with boxes to tick, searched here or at the address of the field.
function drawPick(pick, shape, field, values, save) {
  const [filter, list, empty, shown] = ["[data-filter]", "[data-list-of]", "[data-empty]", "[data-chosen]"].map((one) => pick.querySelector(one));
  const names = new Map(field.choices);
  pick.chosen = new Map(values.map((value) => [value, names.get(value) ?? value]));
  filter.hidden = !field.search && field.choices.length <= MANY;

  function say() {
    shown.textContent = [...pick.chosen.values()].join(", ") || shown.dataset.none;
  }

  function draw(choices) {
    list.replaceChildren(...choices.map(([value, label]) => {
      const item = shape("choice");
      const box = item.querySelector("input");
      box.checked = pick.chosen.has(value);
      item.querySelector("span").textContent = label;
      box.addEventListener("change", () => {
        if (box.checked) pick.chosen.set(value, label);
        else pick.chosen.delete(value);
        say();
        save();
      });
      return item;
    }));
    empty.textContent = choices.length ? "" : field.search && !filter.value ? empty.dataset.type : empty.dataset.text;
  }

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let asked = 0;
  async function find() {
    if (!field.search) return draw(field.choices.filter(([, label]) => plain(label).includes(plain(filter.value))));
    if (!filter.value) return draw([...pick.chosen]);
    const turn = ++asked;
    try {
      const answer = await fetch(`${field.search}&q=${encodeURIComponent(filter.value)}`);
      if (turn === asked && answer.ok) draw(await answer.json());
    } catch {
      if (turn === asked) draw([...pick.chosen]);
    }
  }

  let pause;
  filter.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(pause);
    pause = setTimeout(find, field.search ? 200 : 0);
  });
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  pick.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !pick.open) return;
    event.stopPropagation();
    pick.open = false;
    pick.querySelector("summary").focus();
  });
  pick.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !pick.contains(event.relatedTarget)) pick.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!pick.contains(event.target)) pick.open = false;
  });
  pick.addEventListener("toggle", () => pick.open && !filter.hidden && filter.focus());
  say();
  find();
  return pick;
}

onPiece((piece) => piece.querySelectorAll("[data-conditions]").forEach(start));
