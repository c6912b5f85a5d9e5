/** The report of a segmentation as one HTML file. */
import { vocPalette } from "../../image/index.ts";
import { count, percent } from "../output.ts";
import { drawAccuracy, drawLearningRate, drawLoss, drawMeasure } from "./charts.ts";
import { escapeHtml, formatPage, section } from "./html.ts";
import type { PagePicture } from "./page-picture.ts";
import { curves, runFacts, settings } from "./run-sections.ts";
import type { SegmentationData, SegmentationSample } from "./segmentation-data.ts";

export function formatSegmentation(data: SegmentationData): string {
  const charts = [drawLoss, drawMeasure("meanIoU", "mean IoU, %"), drawAccuracy, drawLearningRate];
  return formatPage(
    `${data.config.model} on ${data.config.data.name}`,
    [
      section("In short", facts(data)),
      section("Curves", curves(data, charts)),
      section(
        "Classes",
        classTable(data),
        "Of all pixels of all test pictures: intersection over union of what is of a class and what was told to be, and their Dice coefficient.",
      ),
      section(
        "Confusion",
        confusion(data),
        "Rows are what a pixel is of, columns what it was told to be: shares of the row in per cent.",
      ),
      section(
        "Pictures",
        samples(data),
        "Those that the model segments worst: the picture, what is in it, what the model sees.",
      ),
      section("Settings", settings(data)),
    ].join("\n"),
  );
}

function facts(data: SegmentationData): string {
  const { figures, accuracy, pictures, imagesPerSecond } = data;
  const { meanIoU, meanDice } = figures;
  const results = [
    ["test mean IoU", `<b>${percent(meanIoU, 2)}</b> of ${count(pictures)} pictures`],
    ["Dice, pixels right", `${percent(meanDice, 2)}, ${percent(accuracy, 2)}`],
  ] as const;
  return runFacts(data, results, imagesPerSecond);
}

const share = (value: number): string => (Number.isNaN(value) ? "–" : percent(value));

function classTable({ classes, figures }: SegmentationData): string {
  const palette = vocPalette();
  const rows = figures.table.map(({ iou, dice, recall, precision, pixels }, i) => {
    const colour = `rgb(${palette.subarray(3 * i, 3 * i + 3).join()})`;
    const key = i === 0 ? "" : `<span style="color:${colour}">■</span> `;
    const values = [iou, dice, precision, recall].map((value) => `<td>${share(value)}</td>`);
    return `<tr><th scope="row">${key}${escapeHtml(classes[i])}</th>${values.join("")}<td>${count(pixels)}</td></tr>`;
  });
  return `<table class="numbers"><tr><th>class</th><th>IoU</th><th>Dice</th><th>precision</th><th>recall</th><th>pixels</th></tr>${rows.join("")}</table>`;
}

function confusion({ confusion, classes }: SegmentationData): string {
  const head = classes.map((name) => `<th scope="col"><span>${escapeHtml(name)}</span></th>`);
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, told) => {
      if (n === 0) return "<td></td>";
      const part = n / total;
      const kind = truth === told ? "hit" : "miss";
      return `<td class="${kind}" style="--share:${part.toFixed(3)}">${(100 * part).toFixed(1)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classes[truth])}</th>${cells.join("")}</tr>`;
  });
  return `<div class="wide"><table class="confusion"><tr><td></td>${head.join("")}</tr>${rows.join("")}</table></div>`;
}

function samples({ samples }: SegmentationData): string {
  const figure = ({ source, small }: PagePicture, words: string): string =>
    `<figure><img src="${source}" alt=""${small ? ' class="small"' : ""}><figcaption>${words}</figcaption></figure>`;
  const row = ({ name, meanIoU, picture, truth, predicted }: SegmentationSample): string =>
    [
      figure(picture, escapeHtml(name)),
      figure(truth, "truth"),
      figure(predicted, `mean IoU ${share(meanIoU)}`),
    ].join("");
  return samples.map((sample) => `<div class="pictures">${row(sample)}</div>`).join("");
}
