// Dropped files and pasted images join the ordinary file input inside [data-drop], and can be taken out again.
import { clone, onPiece, texts } from "./dom.js";

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function start(area) {
  const input = area.querySelector("input[type=file][data-dropzone]");
  const list = area.querySelector("[data-file-list]");
  if (!input || area.dataset.dropReady) return;
  area.dataset.dropReady = "1";
  let held = [...input.files];

  function put(files) {
    held = files;
    const transfer = new DataTransfer();
    held.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
    draw();
  }

  function draw() {
    if (!list) return;
    list.replaceChildren(...held.map((file, index) => {
      const row = clone("ui-file");
      row.querySelector(".file__name").textContent = file.name;
      row.querySelector(".file__size").textContent = size(file.size);
      const remove = row.querySelector("button");
      remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")}: ${file.name}`);
      remove.addEventListener("click", () => {
        put(held.filter((_, other) => other !== index));
        input.focus();
      });
      return row;
    }));
  }

  const add = (files) => put(input.multiple ? [...held, ...files] : files.slice(-1));
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    put(input.multiple ? [...held.filter((file) => !chosen.some((other) => other.name === file.name && other.size === file.size)), ...chosen] : chosen);
  });
  const within = area.closest("form") ?? area;
  within.addEventListener("paste", (event) => {
    const images = [...event.clipboardData.files];
    if (!images.length) return;
    event.preventDefault();
    const here = new Date();
    const stamp = new Date(here - here.getTimezoneOffset() * 60000).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
    add(images.map((file) => (file.name === "image.png" ? new File([file], `${texts().pasted} ${stamp}.png`, { type: file.type }) : file)));
  });
  let depth = 0;
  area.addEventListener("dragenter", () => area.classList.toggle("is-over", ++depth > 0));
  area.addEventListener("dragleave", () => area.classList.toggle("is-over", --depth > 0));
  area.addEventListener("dragover", (event) => event.preventDefault());
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    depth = 0;
    area.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
}

onPiece((piece) => piece.querySelectorAll("[data-drop]").forEach(start));
