// Who else is at this case; and what is written here, kept on the server as it is typed.
const box = document.querySelector("[data-company]");
const form = box?.parentElement.querySelector("form.composer");

if (box && form) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") || "{}"), Accept: "application/json" };
  const send = (url, values, more = {}) => fetch(url, { method: "POST", headers, body: new URLSearchParams(values), credentials: "same-origin", redirect: "manual", ...more }).catch(() => null);
  const body = form.elements.body;
  const kind = () => form.elements.kind?.value ?? "reply";
  let kept = body.defaultValue;
  let sent = false;
  let timer = 0;

  function keep(more) {
    clearTimeout(timer);
    if (sent || body.value === kept) return;
    kept = body.value;
    send(box.dataset.draftUrl, { kind: kind(), body: kept }, more);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => (sent = false));
  addEventListener("pagehide", () => keep({ keepalive: true }));

  let shown = "";
  function draw(news) {
    const lines = ["typing", "here", "drafts"].filter((name) => news[name]).map((name) => ({ name, text: box.dataset[name].replace("{names}", news[name]) }));
    if (news.replied) lines.unshift({ name: "replied", text: box.dataset.replied.replace("{names}", news.replied) });
    const now = JSON.stringify([lines, news.show]);
    if (now === shown) return;
    shown = now;
    box.replaceChildren(...lines.map(({ name, text }) => {
      const line = document.createElement("p");
      line.className = `company__line company__line--${name}`;
      line.textContent = text;
      if (name === "replied") {
        const link = document.createElement("a");
        link.href = news.show;
        link.textContent = box.dataset.show;
        // The same page at another place would only scroll: it is fetched anew, once what was typed is kept.
        link.addEventListener("click", async (event) => {
          event.preventDefault();
          keep();
          history.replaceState(null, "", news.show);
          location.reload();
        });
        line.append(" ", link);
      }
      return line;
    }));
  }

  async function ask() {
    if (document.hidden) return;
    const answer = await send(box.dataset.company, { latest: form.elements.latest?.value ?? "" });
    if (answer?.ok) draw(await answer.json());
  }
  ask();
  setInterval(ask, 5000);
  document.addEventListener("visibilitychange", ask);
}
