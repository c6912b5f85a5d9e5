/** The picture of a laid-out network: boxes coloured by kind, arrows, a title and a legend, as an SVG document. */
import { formatShape } from "../core/shape.ts";
import type { Category } from "./box-title.ts";
import type { Box } from "./network-graph.ts";

/** Middle and size of a box in the picture. */
export interface PlacedBox {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly boxes: readonly PlacedBox[];
  /** The bends of each arrow, from box to box. */
  readonly arrows: readonly (readonly Point[])[];
  /** Whether it goes from left to right rather than downwards. */
  readonly horizontal: boolean;
}

export interface Caption {
  readonly title: string;
  readonly subtitle: string;
}

interface Look {
  readonly fill: string;
  readonly stroke: string;
  readonly legend: string;
}

// biome-ignore format: a table
const looks: Readonly<Record<Category, Look>> = {
  ends:          { fill: "#f4f4f5", stroke: "#71717a", legend: "" },
  convolution:   { fill: "#dbeafe", stroke: "#3b82f6", legend: "convolution" },
  pooling:       { fill: "#fee2e2", stroke: "#ef4444", legend: "pooling" },
  resampling:    { fill: "#ccfbf1", stroke: "#14b8a6", legend: "resampling" },
  linear:        { fill: "#ede9fe", stroke: "#8b5cf6", legend: "fully connected" },
  attention:     { fill: "#fae8ff", stroke: "#c026d3", legend: "attention" },
  normalization: { fill: "#f1f5f9", stroke: "#94a3b8", legend: "normalization" },
  activation:    { fill: "#fef9c3", stroke: "#ca8a04", legend: "activation" },
  dropout:       { fill: "#f5f5f4", stroke: "#a8a29e", legend: "dropout" },
  merge:         { fill: "#ffffff", stroke: "#334155", legend: "" },
  reshape:       { fill: "#f8fafc", stroke: "#cbd5e1", legend: "reshape" },
  block:         { fill: "#dcfce7", stroke: "#22c55e", legend: "block" },
  other:         { fill: "#ffedd5", stroke: "#f97316", legend: "other" },
};

/** A character's width at 12 pixels, bold, and at 10, on the safe side. */
const [WIDE, NARROW] = [6.9, 5.7];
const [PADDING, TITLE_LINE, LINE] = [12, 17, 14];
const MARGIN = 24;
const HEAD = 78;

/** The words below a box's title. */
const detailsOf = ({ name, followedBy, shape, category }: Box): string[] => {
  if (category === "merge") return [];
  return [followedBy.join(", "), formatShape(shape), category === "ends" ? "" : name].filter(
    Boolean,
  );
};

const titleOf = ({ title, count, followedBy, category }: Box): string => {
  if (category === "merge") return [title === "add" ? "+" : title, ...followedBy].join(", ");
  return count > 1 ? `${count} × ${title}` : title;
};

/** How large a box has to be for its words. */
export function sizeOfBox(box: Box): { width: number; height: number } {
  const title = titleOf(box);
  if (box.category === "merge")
    return { width: Math.max(26, 14 + title.length * WIDE), height: 26 };
  const details = detailsOf(box);
  const widest = Math.max(title.length * WIDE, ...details.map((line) => line.length * NARROW));
  return {
    width: Math.ceil(widest + 2 * PADDING),
    height: TITLE_LINE + LINE * details.length + PADDING,
  };
}

export function networkSvg(layout: Layout, { title, subtitle }: Caption): string {
  const used = new Set(layout.boxes.map(({ box }) => box.category));
  const legend = legendOf(used);
  const extent = extentOf(layout);
  const words = Math.max(legend.width, title.length * 11.5, subtitle.length * 6.6);
  const width = Math.max(extent.width, words) + 2 * MARGIN;
  const height = extent.height + HEAD + 2 * MARGIN;
  const left = (width - extent.width) / 2 - extent.left;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" ` +
      `viewBox="0 0 ${round(width)} ${round(height)}" font-family="system-ui, sans-serif">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
      '<path d="M0,0.5L8,4L0,7.5z" fill="#475569"/></marker></defs>',
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="${MARGIN}" y="${MARGIN + 12}" font-size="18" font-weight="700" fill="#0f172a">${escaped(title)}</text>`,
    `<text x="${MARGIN}" y="${MARGIN + 32}" font-size="12" fill="#475569">${escaped(subtitle)}</text>`,
    `<g transform="translate(${MARGIN},${MARGIN + 54})">${legend.svg}</g>`,
    `<g transform="translate(${round(left)},${round(HEAD + MARGIN - extent.top)})">`,
    '<g fill="none" stroke="#475569" stroke-width="1.3" marker-end="url(#arrow)">',
    ...layout.arrows.map(
      (bends) => `<path d="${pathOf(bends, layout.horizontal)}" marker-end="url(#arrow)"/>`,
    ),
    "</g>",
    ...layout.boxes.map(boxSvg),
    "</g></svg>\n",
  ].join("\n");
}

/** Arrows may reach further out than boxes. */
function extentOf({ boxes, arrows }: Layout) {
  const corners = boxes.flatMap(({ x, y, width, height }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 },
  ]);
  const points = [...corners, ...arrows.flat()];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

function legendOf(used: ReadonlySet<Category>): { svg: string; width: number } {
  let x = 0;
  let svg = "";
  for (const [category, { fill, stroke, legend }] of Object.entries(looks)) {
    if (!used.has(category as Category) || !legend) continue;
    svg +=
      `<rect x="${x}" y="-9" width="12" height="12" rx="3" fill="${fill}" stroke="${stroke}"/>` +
      `<text x="${x + 18}" y="1" font-size="11" fill="#475569">${legend}</text>`;
    x += Math.ceil(34 + legend.length * 6.2);
  }
  return { svg, width: x };
}

function boxSvg({ box, x, y, width, height }: PlacedBox): string {
  const { fill, stroke } = looks[box.category];
  const [left, top] = [x - width / 2, y - height / 2];
  const corner = box.category === "ends" || box.category === "merge" ? height / 2 : 7;
  const rect = (shift: number) =>
    `<rect x="${round(left + shift)}" y="${round(top + shift)}" width="${round(width)}" height="${round(height)}" ` +
    `rx="${round(Math.min(corner, 16))}" fill="${fill}" stroke="${stroke}" stroke-width="1.3"/>`;
  // Several equal blocks lie one behind the other.
  const behind = box.count > 1 ? [6, 3].map(rect) : [];
  const details = detailsOf(box);
  const first = y - (LINE * details.length) / 2 + 4;
  const words = details.map(
    (line, i) =>
      `<text x="${round(x)}" y="${round(first + TITLE_LINE - 2 + LINE * i)}" font-size="10" fill="#475569">${escaped(line)}</text>`,
  );
  return (
    `<g text-anchor="middle">${behind.join("")}${rect(0)}` +
    `<text x="${round(x)}" y="${round(first)}" font-size="12" font-weight="600" fill="#0f172a">${escaped(titleOf(box))}</text>` +
    `${words.join("")}</g>`
  );
}

/** Curves that leave and reach boxes straight. */
function pathOf(bends: readonly Point[], horizontal: boolean): string {
  const [start, ...rest] = bends;
  let path = `M${at(start)}`;
  let from = start;
  for (const to of rest) {
    const straight = horizontal ? from.y === to.y : from.x === to.x;
    const middle = horizontal ? (from.x + to.x) / 2 : (from.y + to.y) / 2;
    const [a, b] = horizontal
      ? [
          { x: middle, y: from.y },
          { x: middle, y: to.y },
        ]
      : [
          { x: from.x, y: middle },
          { x: to.x, y: middle },
        ];
    path += straight ? `L${at(to)}` : `C${at(a)} ${at(b)} ${at(to)}`;
    from = to;
  }
  return path;
}

const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
const round = (value: number): number => Math.round(10 * value) / 10;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
