// Keeps "hace 12 min" true while the page stays open. Counts from the server's instant, not from this machine's clock.
import { texts } from "./dom.js";

const started = Date.now();
const served = Number(document.documentElement.dataset.now) * 1000 || started;
const now = () => served + (Date.now() - started);

function refresh() {
  const words = texts();
  document.querySelectorAll("time[data-relative]").forEach((element) => {
    const minutes = Math.round((Date.parse(element.dateTime) - now()) / 60000);
    if (Math.abs(minutes) >= 60 || Number.isNaN(minutes)) return;
    const pattern = minutes === 0 ? words.now : minutes > 0 ? words.ahead : words.ago;
    const text = pattern.replace("{n}", String(Math.abs(minutes)));
    if (element.textContent !== text) element.textContent = text;
  });
}

setInterval(refresh, 30000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
