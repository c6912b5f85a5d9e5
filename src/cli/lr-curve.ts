/** The curve of a range test as an SVG picture: losses, smoothed losses and the suggested rates over the rate. */
import { dot, line, plot, ruleX, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { LrFinding } from "../train/index.ts";

export function drawCurve(found: LrFinding): string {
  const { rates, losses, smoothed, valley, steepest, minimum } = found;
  const rows = rates.map((rate, i) => ({ rate, loss: losses[i], smoothed: smoothed[i] }));
  const marked = [
    { rate: valley, name: "valley" },
    { rate: steepest, name: "steepest" },
    { rate: minimum, name: "minimum/10" },
  ];
  // What matters is the fall from where the loss began, not how far it broke away.
  const [low, high] = [Math.min(...smoothed), smoothed[0]];
  const margin = 0.15 * (high - low || 1);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = plot({
    document: document as unknown as Document,
    ...{ width: 720, height: 400, marginTop: 30 },
    style: { background: "white", color: "black" },
    x: { type: "log", label: "learning rate", tickFormat: "~e" },
    y: { label: "loss", grid: true, domain: [low - margin, high + margin] },
    marks: [
      dot(rows, { x: "rate", y: "loss", r: 1.5, fill: "#bbb", clip: true }),
      line(rows, { x: "rate", y: "smoothed", stroke: "#1f77b4", strokeWidth: 2, clip: true }),
      ruleX(marked, { x: "rate", stroke: "#d62728", strokeDasharray: "4 3" }),
      text(["dots: each step   line: smoothed"], {
        ...{ frameAnchor: "top-right", textAnchor: "end", dy: -16, fill: "#777" },
      }),
      // Each on a line of its own: the rates may lie close together.
      ...marked.map((mark, row) =>
        text([mark], {
          x: "rate",
          text: ({ rate, name }) => `${name} ${Number(rate.toPrecision(2))}`,
          ...{ frameAnchor: "bottom", textAnchor: "end", dx: -5, dy: -14 * row - 6 },
          ...{ fill: "#d62728", stroke: "white", strokeWidth: 5 },
        }),
      ),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${svg.outerHTML}\n`;
}
