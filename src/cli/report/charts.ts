/** The charts of a report, as SVG that takes the page's colours. */
import { axisY, dot, line, link, plot, rectY, ruleY } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { ReliabilityBin } from "../../metrics/index.ts";
import type { EpochRecord } from "../../train/index.ts";

/** Of a scatter; of more pictures every so many are drawn. */
const MOST_DOTS = 3000;

const colours = { training: "#3b6ea5", validation: "#d9761a" } as const;

function draw(options: Parameters<typeof plot>[0]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = plot({
    document: document as unknown as Document,
    ...{ width: 400, height: 250, marginLeft: 52, marginBottom: 36 },
    style: { background: "none", color: "currentColor" },
    ...options,
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML;
}

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly part: "training" | "validation";
}

function drawCurve(label: string, points: readonly Point[]): string {
  const parts = [...new Set(points.map(({ part }) => part))];
  const epochs = new Set(points.map(({ epoch }) => epoch)).size;
  return draw({
    x: {
      label: "epoch",
      ticks: Math.min(epochs, 8),
      tickFormat: (epoch) => (Number.isInteger(epoch) ? `${epoch}` : ""),
    },
    y: { label, grid: true, nice: true },
    color: { domain: parts, range: parts.map((part) => colours[part]) },
    marks: [
      line(points, { x: "epoch", y: "value", stroke: "part", strokeWidth: 2 }),
      dot(points, { x: "epoch", y: "value", fill: "part", r: epochs > 40 ? 0 : 2.5 }),
    ],
  });
}

export const drawLoss = (history: readonly EpochRecord[]): string =>
  drawCurve(
    "loss",
    history.flatMap(({ epoch, loss, valLoss }): Point[] => [
      { epoch, value: loss, part: "training" },
      ...(valLoss === undefined ? [] : [{ epoch, value: valLoss, part: "validation" } as const]),
    ]),
  );

export const drawAccuracy = (history: readonly EpochRecord[]): string =>
  drawCurve(
    "accuracy, %",
    history.flatMap(({ epoch, accuracy, valAccuracy }): Point[] => [
      { epoch, value: 100 * accuracy, part: "training" },
      ...(valAccuracy === undefined
        ? []
        : [{ epoch, value: 100 * valAccuracy, part: "validation" } as const]),
    ]),
  );

/** Of what a task measures on the validation part. */
export const drawMeasure = (name: string, label: string) => (history: readonly EpochRecord[]) =>
  drawCurve(
    label,
    history.flatMap(({ epoch, measures }): Point[] =>
      measures?.[name] === undefined
        ? []
        : [{ epoch, value: 100 * measures[name], part: "validation" }],
    ),
  );

export const drawLearningRate = (history: readonly EpochRecord[]): string =>
  drawCurve(
    "learning rate",
    history.map(({ epoch, learningRate }) => ({ epoch, value: learningRate, part: "training" })),
  );

/** Bars are the share of hits in each bin of confidence; on the diagonal a classifier is as right as it says. */
export function drawCalibration(bins: readonly ReliabilityBin[]): string {
  const rows = bins
    .filter(({ count }) => count > 0)
    .map(({ low, high, accuracy, count }) => ({
      ...{ low, high, accuracy: 100 * accuracy },
      title: `${count} pictures, ${(100 * accuracy).toFixed(1)} % right`,
    }));
  return draw({
    x: { domain: [0, 1], label: "confidence" },
    y: { domain: [0, 100], grid: true, label: "right, %" },
    marks: [
      axisY({ ticks: 5 }),
      rectY(rows, {
        ...{ x1: "low", x2: "high", y: "accuracy", title: "title" },
        ...{ fill: colours.training, inset: 0.5 },
      }),
      link([{ from: 0, to: 1 }], {
        ...{ x1: "from", x2: "to", y1: ({ from }) => 100 * from, y2: ({ to }) => 100 * to },
        ...{ stroke: "currentColor", strokeDasharray: "4 3" },
      }),
      ruleY([0]),
    ],
  });
}

/** A dot a picture, its width and height; the line is that of squares. */
export function drawSizes(sizes: readonly { width: number; height: number }[]): string {
  const most = Math.max(...sizes.map(({ width, height }) => Math.max(width, height)));
  const domain = [0, most];
  const fewer = sizes.length > MOST_DOTS ? Math.ceil(sizes.length / MOST_DOTS) : 1;
  return draw({
    ...{ width: 460, height: 440 },
    x: { domain, label: "width", nice: true, grid: true },
    y: { domain, label: "height", nice: true, grid: true },
    marks: [
      link([{ from: 0, to: most }], {
        ...{ x1: "from", y1: "from", x2: "to", y2: "to" },
        ...{ stroke: "currentColor", strokeOpacity: 0.4, strokeDasharray: "4 3" },
      }),
      dot(
        sizes.filter((_, i) => i % fewer === 0),
        { x: "width", y: "height", r: 3, fill: colours.training, fillOpacity: 0.35 },
      ),
    ],
  });
}
