// What the page of a case does besides. It works without it.
import "./canned.js";
import "./company.js";
