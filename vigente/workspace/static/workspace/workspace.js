// What the workspace does live. Every page works without it.
import "./live.js";
import "./choosing.js";
import "./dialogs.js";
import "./preview.js";
import "./saved.js";
