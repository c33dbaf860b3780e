// Draws the numbers of a table beside it. The table is the truth: without this script, or for who hears the page, it says all.
// The drawing library is loaded when the first chart comes into view.
import { onPiece } from "../js/dom.js";

const HEIGHT = 220;
const drawn = new Map();
let library;

function read(figure) {
  const table = document.getElementById(figure.dataset.chart);
  const rows = [...table.tBodies[0].rows].filter((row) => row.cells[0]);
  const series = [...table.tHead.rows[0].cells].flatMap((head, column) =>
    head.dataset.series
      ? [{ name: head.textContent.trim(), kind: head.dataset.series, tone: head.dataset.tone || "brand", cells: rows.map((row) => row.cells[column]) }]
      : []);
  return { labels: rows.map((row) => row.cells[0].textContent.trim()), series };
}

const value = (cell, scale) => (cell.dataset.value === undefined || cell.dataset.value === "" ? null : Number(cell.dataset.value) / scale);

function options(figure, data, uPlot, width) {
  const tokens = getComputedStyle(figure);
  const colour = (name) => tokens.getPropertyValue(`--${name}`).trim();
  const unit = figure.dataset.unit ? `\u00a0${figure.dataset.unit}` : "";
  const number = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });
  const font = `12px ${tokens.fontFamily}`;
  const axis = { stroke: colour("ink-soft"), font, ticks: { stroke: colour("line"), size: 4 } };
  const bars = uPlot.paths.bars({ size: [0.55, 42], radius: 0.12 });
  return {
    width,
    height: HEIGHT,
    cursor: { x: false, y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    scales: { x: { time: false, range: (_, min, max) => [min - 0.5, max + 0.5] }, y: { range: (_, min, max) => [Math.min(0, min * 1.08), Math.max(0, max * 1.08) || 1] } },
    series: [{}, ...data.series.map((one) => {
      const stroke = colour(one.tone);
      const isBar = one.kind === "bar";
      return { stroke, width: isBar ? 0 : 2, fill: isBar ? stroke : undefined, paths: isBar ? bars : undefined, points: { show: !isBar, size: 6, fill: stroke } };
    })],
    axes: [
      { ...axis, grid: { show: false }, splits: () => data.labels.map((_, at) => at), values: (_, splits) => thinned(splits, data.labels, width) },
      { ...axis, grid: { stroke: colour("line"), width: 1 }, size: 56, values: (_, splits) => splits.map((one) => number.format(one) + unit) },
    ],
    hooks: { setCursor: [(plot) => plot.cursor.idx != null && say(figure, data, plot.cursor.idx)] },
  };
}

// As many labels as fit, the last always among them.
function thinned(splits, labels, width) {
  const wide = 20 + 7 * Math.max(...labels.map((label) => label.split(",")[0].length));
  const every = Math.ceil((splits.length * wide) / Math.max(width - 60, wide));
  return splits.map((at) => ((splits.length - 1 - at) % every === 0 ? labels[at].split(",")[0] : ""));
}

function say(figure, data, at) {
  const text = `${data.labels[at]}: ${data.series.map((one) => `${one.name} ${one.cells[at].textContent.trim()}`).join(" · ")}`;
  const said = figure.querySelector("output");
  if (said.textContent !== text) said.textContent = text;
}

function key(data) {
  const list = document.createElement("ul");
  list.className = "plot__key";
  for (const one of data.series) {
    const item = document.createElement("li");
    item.dataset.tone = one.tone;
    item.dataset.kind = one.kind;
    item.textContent = one.name;
    list.append(item);
  }
  return list;
}

async function draw(figure) {
  library ??= import("../vendor/uplot.min.js");
  const { default: uPlot } = await library;
  if (!figure.isConnected) return;
  drawn.get(figure)?.destroy();
  const data = read(figure);
  const canvas = figure.querySelector(".plot__area");
  figure.querySelector(".plot__key")?.remove();
  if (data.series.length > 1) figure.prepend(key(data));
  const scale = Number(figure.dataset.scale || 1);
  const columns = [data.labels.map((_, at) => at), ...data.series.map((one) => one.cells.map((cell) => value(cell, scale)))];
  const plot = new uPlot(options(figure, data, uPlot, canvas.clientWidth), columns, canvas);
  drawn.set(figure, plot);
  if (!figure.dataset.at) {
    figure.dataset.at = String(data.labels.length - 1);
    say(figure, data, data.labels.length - 1);
  }
}

function step(figure, event) {
  const data = read(figure);
  const last = data.labels.length - 1;
  const at = Number(figure.dataset.at);
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  figure.dataset.at = String(Math.min(Math.max(next, 0), last));
  const plot = drawn.get(figure);
  if (plot) plot.setCursor({ left: plot.valToPos(Number(figure.dataset.at), "x"), top: HEIGHT / 2 });
  say(figure, data, Number(figure.dataset.at));
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "200px" });

const sized = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const plot = drawn.get(target.parentElement);
    if (plot && Math.abs(plot.width - contentRect.width) > 1) draw(target.parentElement);
  }
});

onPiece((piece) => {
  for (const figure of piece.querySelectorAll("[data-chart]")) {
    if (figure.dataset.ready || !document.getElementById(figure.dataset.chart)?.tBodies[0]?.rows.length) continue;
    figure.dataset.ready = "1";
    figure.hidden = false;
    figure.addEventListener("keydown", (event) => step(figure, event));
    sized.observe(figure.querySelector(".plot__area"));
    seen.observe(figure);
  }
});

const again = () => drawn.forEach((_, figure) => draw(figure));
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
