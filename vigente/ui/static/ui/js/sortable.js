// A list put in order by hand: drag the handle, Alt and the arrows on it, or the two buttons. The new order is sent once.
import { onPiece, texts } from "./dom.js";
import { toast } from "./toasts.js";

const REST = 500;

function watch(form) {
  const list = document.querySelector(`[data-sortable-rows="${form.id}"]`);
  const said = document.querySelector(`[data-sortable-said="${form.id}"]`);
  if (!list || form.dataset.sortable) return;
  form.dataset.sortable = "on";
  let timer = 0;
  let sent = keys();
  let dragged = null;

  function keys() {
    return [...list.querySelectorAll("input[name=order]")].map((input) => input.value).join();
  }

  async function send() {
    clearTimeout(timer);
    const now = keys();
    if (now === sent) return;
    sent = now;
    const body = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", redirect: "manual", keepalive: true }).catch(() => null);
    if (!answer?.ok) {
      sent = "";
      toast(texts().failed, { meaning: "danger" });
    }
  }

  function moved(row) {
    const rows = [...list.children];
    said.textContent = form.dataset.said.replace("{name}", row.dataset.name).replace("{place}", rows.indexOf(row) + 1).replace("{total}", rows.length);
    clearTimeout(timer);
    timer = setTimeout(send, REST);
  }

  function step(row, up, focus) {
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    other[up ? "before" : "after"](row);
    focus.focus();
    moved(row);
  }

  list.querySelectorAll("[data-handle]").forEach((handle) => (handle.hidden = false));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    step(button.closest("li"), button.value.endsWith(":up"), button);
  });
  list.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    step(handle.closest("li"), event.key === "ArrowUp", handle);
  });
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    dragged = handle.closest("li");
    dragged.classList.add("is-dragged");
  });
  addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const [before, after] = [dragged.previousElementSibling, dragged.nextElementSibling];
    const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
    if (before && event.clientY < middle(before)) before.before(dragged);
    else if (after && event.clientY > middle(after)) after.after(dragged);
  });
  const drop = () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    moved(dragged);
    dragged = null;
  };
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);
  addEventListener("pagehide", send);
}

onPiece((piece) => piece.querySelectorAll("form[data-sortable]").forEach(watch));
