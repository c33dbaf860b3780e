// The saved views in the navigation, with their counts: drawn at once from what this tab last saw, then as they are.
const box = document.querySelector("[data-saved]");
const AT_MOST_EVERY = 10000;

function draw(html) {
  const list = new DOMParser().parseFromString(html, "text/html").querySelector("ul");
  if (!list) return;
  list.querySelectorAll("a").forEach((link) => {
    if (new URL(link.href).pathname === location.pathname) link.setAttribute("aria-current", "page");
  });
  const old = box.querySelector("ul");
  if (!list.children.length) old?.remove();
  else if (!old) box.append(list);
  else if (!old.contains(document.activeElement) && old.innerHTML !== list.innerHTML) old.replaceWith(list);
}

async function refresh(key) {
  const answer = await fetch(box.dataset.saved, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text();
  draw(html);
  try {
    sessionStorage.setItem(key, html);
  } catch {
    // Storage is full or forbidden: the list comes a moment later next time.
  }
}

if (box) {
  const key = `saved-views-${box.dataset.person}-${document.documentElement.lang}`;
  try {
    draw(sessionStorage.getItem(key) ?? "");
  } catch {
    // As above.
  }
  refresh(key);
  let last = Date.now();
  document.addEventListener("desk:changed", () => {
    if (Date.now() - last < AT_MOST_EVERY) return;
    last = Date.now();
    refresh(key);
  });
}
