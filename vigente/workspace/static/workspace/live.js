// Keeps lists and counts current. A list never moves while somebody points at it or stands in it:
// texts change where they are; what moved waits behind a button, or until the pointer leaves.
// One small question every second and a half says whether anything happened; only then is anything fetched.
const ASK_EVERY = 1500;
const ANYWAY_EVERY = 60000; // what changes by the hour alone
const COUNTS_AT_MOST_EVERY = 4000;

const key = (row) => row.dataset.number;
const idle = (list) => !list.matches(":hover") && !list.contains(document.activeElement);

async function fetchText(url, accept) {
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch", Accept: accept }, credentials: "same-origin", redirect: "manual" });
  return answer.ok ? answer.text() : null;
}

// The rows that are on the page now, brought to what the server says; rows beyond the first page stay.
function arrange(list, fresh) {
  const known = new Map([...list.children].map((row) => [key(row), row]));
  const selected = list.querySelector(".is-selected");
  let place = list.firstElementChild;
  for (const row of [...fresh.children]) {
    let mine = known.get(key(row));
    if (!mine) {
      mine = row;
      mine.classList.add("is-new");
    } else if (mine.innerHTML !== row.innerHTML) mine.innerHTML = row.innerHTML;
    known.delete(key(row));
    if (mine !== place) list.insertBefore(mine, place);
    place = mine.nextElementSibling;
  }
  if (!list.dataset.grown) known.forEach((row) => row.remove());
  if (selected?.isConnected) selected.classList.add("is-selected");
}

// Only what can change without moving anything: the same rows, in the same order.
function touchUp(list, fresh) {
  const mine = new Map([...list.children].map((row) => [key(row), row]));
  for (const row of fresh.children) {
    const old = mine.get(key(row));
    if (old && old.innerHTML !== row.innerHTML && !old.contains(document.activeElement)) old.innerHTML = row.innerHTML;
  }
}

const order = (list, count) => [...list.children].slice(0, count).map(key).join();

function offer(box, apply) {
  const text = box.dataset.news;
  if (!text || box.querySelector(".queue__news")) return;
  const news = document.createElement("div");
  news.className = "queue__news";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet button--small";
  button.textContent = text;
  button.addEventListener("click", apply);
  news.append(button);
  box.prepend(news);
}

function watch(box) {
  let waiting = null;
  const apply = () => {
    const list = box.querySelector("[data-list]");
    if (waiting && list) arrange(list, waiting);
    waiting = null;
    box.querySelector(".queue__news")?.remove();
  };
  box.addEventListener("pointerleave", () => waiting && apply());
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.matches?.("[data-list]")) event.target.dataset.grown = "1";
  });
  return async () => {
    const html = await fetchText(box.dataset.live, "text/html").catch(() => null);
    if (html === null) return;
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-list]");
    const list = box.querySelector("[data-list]");
    if (!fresh) return;
    if (!list) {
      if (fresh.children.length) location.reload();
      return;
    }
    if (order(list, fresh.children.length) === order(fresh, fresh.children.length)) {
      touchUp(list, fresh);
      waiting = null;
      box.querySelector(".queue__news")?.remove();
    } else {
      waiting = fresh;
      if (idle(list)) apply();
      else offer(box, apply);
    }
  };
}

async function count(nav) {
  const text = await fetchText(nav.dataset.counts, "application/json").catch(() => null);
  if (text === null) return;
  for (const [view, number] of Object.entries(JSON.parse(text))) {
    document.querySelectorAll(`a[data-count="${view}"] .count, .count[data-count="${view}"]`).forEach((node) => (node.textContent = number));
  }
}

const lists = [...document.querySelectorAll("[data-live]")].map(watch);
const navigation = document.querySelector("[data-counts]");
let counted = navigation?.dataset.now === undefined ? Date.now() : 0;
let later = 0;

// Counts follow soon, but a busy hour does not count all the time.
function countSoon() {
  clearTimeout(later);
  later = setTimeout(() => {
    counted = Date.now();
    count(navigation);
    document.dispatchEvent(new CustomEvent("desk:changed"));
  }, Math.max(0, counted + COUNTS_AT_MOST_EVERY - Date.now()));
}

function refresh() {
  lists.forEach((list) => list());
  if (navigation) countSoon();
}

let version = "";
let refreshed = Date.now();

async function ask() {
  if (document.hidden) return;
  const url = `${navigation.dataset.changes}?since=${encodeURIComponent(version)}`;
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  if (answer.status === 200) version = (await answer.json()).version;
  else if (Date.now() - refreshed < ANYWAY_EVERY) return;
  refreshed = Date.now();
  refresh();
}

async function keepAsking() {
  await ask();
  setTimeout(keepAsking, ASK_EVERY);
}

if (navigation) {
  if (navigation.dataset.now !== undefined) count(navigation);
  keepAsking();
  document.addEventListener("visibilitychange", ask);
}
