/** A run's report as one HTML file: opened from a disk, sent by mail, looked at in ten years. */
import { count, percent } from "../output.ts";
import { drawAccuracy, drawCalibration, drawLearningRate, drawLoss } from "./charts.ts";
import { escapeHtml, formatPage, section } from "./html.ts";
import { script } from "./page-assets.ts";
import type { ReportData, ShownPicture } from "./report-data.ts";
import { curves, runFacts, settings } from "./run-sections.ts";

export function formatReport(data: ReportData): string {
  const title = `${data.config.model} on ${data.config.data.name}`;
  const shown = JSON.stringify(Object.fromEntries(data.shown)).replaceAll("<", "\\u003c");
  const cells = JSON.stringify(Object.fromEntries(data.cells));
  const classes = JSON.stringify(data.classes).replaceAll("<", "\\u003c");
  const sections = [
    section("In short", facts(data)),
    ...(data.history.length > 0
      ? [section("Curves", curves(data, [drawLoss, drawAccuracy, drawLearningRate]))]
      : []),
    section(
      "Confusion",
      confusion(data),
      "Rows are what a picture shows, columns what it was taken for. Choose a number to see the pictures.",
    ),
    section(
      "Worst mistakes",
      worst(data),
      "The pictures that the model gave least for what they are.",
    ),
    section("Classes", classTable(data)),
    section(
      "Calibration",
      calibration(data),
      "How often the model is right where it says so: on the dashed line, as often as it says.",
    ),
    section("Settings", settings(data)),
  ];
  const dialog =
    '<dialog id="pictures"><button type="button" aria-label="close">×</button><h3></h3><div class="pictures"></div></dialog>';
  return formatPage(
    title,
    [...sections, dialog].join("\n"),
    `const report = { shown: ${shown}, cells: ${cells}, classes: ${classes} };${script}`,
  );
}

const facts = (data: ReportData): string => {
  const { accuracy, pictures, imagesPerSecond } = data;
  const said = `<b>${percent(accuracy, 2)}</b> of ${count(pictures)} pictures`;
  return runFacts(data, [["test accuracy", said]], imagesPerSecond);
};

function confusion({ confusion, classes }: ReportData): string {
  const heading = (scope: "col" | "row", name: string): string =>
    `<th scope="${scope}"><span title="${escapeHtml(name)}">${escapeHtml(name)}</span></th>`;
  const head = classes.map((name) => heading("col", name)).join("");
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, predicted) => cell(n, n / (total || 1), truth, predicted));
    return `<tr>${heading("row", classes[truth])}${cells.join("")}</tr>`;
  });
  const kind = classes.length > 25 ? "confusion many" : "confusion";
  return `<div class="wide"><table class="${kind}"><thead><tr><td></td>${head}</tr></thead>${rows.join("")}</table></div>`;
}

function cell(n: number, share: number, truth: number, predicted: number): string {
  if (n === 0) return "<td></td>";
  const kind = truth === predicted ? "hit" : "miss";
  return `<td class="${kind}" style="--share:${share.toFixed(3)}"><button type="button" data-cell="${truth},${predicted}">${n}</button></td>`;
}

function worst({ worst, shown, classes }: ReportData): string {
  if (worst.length === 0) return "<p>None: every test picture was told right.</p>";
  return `<div class="pictures">${worst.map((i) => figure(shown.get(i) as ShownPicture, classes)).join("")}</div>`;
}

function figure(picture: ShownPicture, classes: readonly string[]): string {
  const { truth, predicted, confidence, name, source, small } = picture;
  const words = `${escapeHtml(classes[predicted])} ${percent(confidence)}`;
  return `<figure><img src="${source}" alt="${escapeHtml(name)}" title="${escapeHtml(name)}"${small ? ' class="small"' : ""}><figcaption>${words}<br>it is ${escapeHtml(classes[truth])}</figcaption></figure>`;
}

function classTable({ table }: ReportData): string {
  const share = (value: number): string => (Number.isNaN(value) ? "–" : percent(value));
  const rows = [...table.classes, ...table.averages].map(
    ({ name, precision, recall, f1, support }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th>${[precision, recall, f1].map((value) => `<td>${share(value)}</td>`).join("")}<td>${count(support)}</td></tr>`,
  );
  return `<table class="numbers"><tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>pictures</th></tr>${rows.join("")}</table>`;
}

const calibration = ({ bins, calibrationError }: ReportData): string =>
  `<div class="charts"><figure>${drawCalibration(bins)}</figure></div><p>Expected calibration error ${percent(calibrationError)} (Guo et al. 2017).</p>`;
