// Starts every small module. Pages work without any of this; with it they are quicker and kinder.
import "./htmx-setup.js";
import "./theme.js";
import "./times.js";
import "./drafts.js";
import "./uploads.js";
import "./overlays.js";
import "./toasts.js";
import "./shortcuts.js";
import "./palette.js";
import "./sortable.js";
import { onPiece } from "./dom.js";

onPiece((piece) => piece.querySelector("[data-asked]") && import("./asked.js"));
onPiece((piece) => piece.querySelector("[data-conditions]") && import("./conditions.js"));
