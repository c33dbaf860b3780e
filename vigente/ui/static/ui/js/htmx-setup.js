// What is slow shows a line; what failed says so and keeps what was typed. Settings themselves are in <meta name="htmx-config">.
import { toast } from "./toasts.js";
import { texts } from "./dom.js";

let open = 0;
const busy = (change) => {
  open = Math.max(0, open + change);
  document.documentElement.classList.toggle("is-loading", open > 0);
};

document.addEventListener("htmx:beforeRequest", () => busy(1));
document.addEventListener("htmx:afterRequest", () => busy(-1));
document.addEventListener("htmx:sendError", () => toast(texts().offline, { meaning: "danger" }));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) window.location.reload();
  else toast(texts().failed, { meaning: "danger" });
});
