/**
 * Accuracy against operations with circles as large as the models, after Canziani, Culurciello and Paszke (2016,
 * arXiv:1605.07678, figure 2): an SVG picture. A family has one colour, and a line joins its sizes.
 */
import { axisX, dot, gridX, line, link, plot, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type PlacedLabel, placeLabels } from "./label-places.ts";
import { familyOf } from "./model-family.ts";

export interface ChartedModel {
  readonly name: string;
  readonly parameters: number;
  readonly macs: number;
  /** In per cent. */
  readonly top1: number;
}

interface Point extends ChartedModel {
  readonly giga: number;
  readonly family: string;
}

const margins = { marginLeft: 58, marginRight: 168, marginTop: 62, marginBottom: 48 };
/** Of the largest circle. */
const RADIUS = 36;

/** A larger picture where there is more to name. */
const sizeOf = (models: number) =>
  models > 25 ? { width: 1240, height: 860 } : { width: 960, height: 600 };

// Dark enough to write with.
const colours =
  "3b6ea5 d9761a c8393d 3f8f3a 8e5fa2 2f8f8a b08a00 c25a86 7d5a48 6b6b6b 1f4e79 8a4a00 8f1d21 1e6b2d 5e3c82 1d6b66 7a6200 8f3a63 4a3226 333333"
    .split(" ")
    .map((hex) => `#${hex}`);

export function drawAccuracies(models: readonly ChartedModel[]): string {
  // The largest first, so that small circles lie on top.
  const points = models
    .map((model): Point => ({ ...model, giga: model.macs / 1e9, family: familyOf(model.name) }))
    .sort((a, b) => b.parameters - a.parameters);
  const families = familiesOf(points);
  const radius = ({ parameters }: { parameters: number }) =>
    RADIUS * Math.sqrt(parameters / points[0].parameters);
  const size = sizeOf(points.length);
  const options = { ...size, ...margins, ...scalesOf(points), ...colourScale(families), ...page() };
  const marks = [
    ...operationsAxis(points),
    ...families
      .filter(({ members }) => members.length > 1)
      .map(({ members, colour }) =>
        line(rising(members), { x: "giga", y: "top1", stroke: colour, strokeOpacity: 0.5 }),
      ),
    dot(points, {
      ...{ x: "giga", y: "top1", r: radius, fill: "family", fillOpacity: 0.6 },
      ...{ stroke: "white", strokeWidth: 1, title: describe },
    }),
  ];
  const bare = plot({ ...options, marks });
  const [x, y] = [bare.scale("x"), bare.scale("y")] as Scale[];
  const circleOf = (point: Point) => ({
    ...{ x: x.apply(point.giga), y: y.apply(point.top1) },
    r: radius(point),
  });
  // The best of each family is named first; the others where there is room.
  const leaders = families.map(({ members }) => bestOf(members));
  const order = [...new Set([...leaders, ...points.toSorted((a, b) => b.top1 - a.top1)])];
  const labels = placeLabels(
    order.map((point) => ({ text: point.name, ...circleOf(point) })),
    points.map(circleOf),
    {
      left: margins.marginLeft,
      top: margins.marginTop,
      right: size.width - margins.marginRight,
      bottom: size.height - margins.marginBottom,
    },
  );
  const colourOf = (name: string) =>
    families.find(({ family }) => family === familyOf(name))?.colour as string;
  const far = labels.filter((label) => label.far);
  const leads = link(far, {
    ...{ x1: ({ of }: PlacedLabel) => x.invert(of.x), y1: ({ of }: PlacedLabel) => y.invert(of.y) },
    ...{
      x2: (label: PlacedLabel) => x.invert(label.x),
      y2: (label: PlacedLabel) => y.invert(label.y),
    },
    ...{ stroke: "#999", strokeWidth: 0.7 },
  });
  const names = text(labels, {
    x: (label: PlacedLabel) => x.invert(label.x),
    y: (label: PlacedLabel) => y.invert(label.y),
    ...{ text: "text", fontSize: 10.5, stroke: "white", strokeWidth: 4 },
    fill: (label: PlacedLabel) => colourOf(label.text),
  });
  const svg = plot({ ...options, marks: [...marks, leads, names] });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const left = size.width - margins.marginRight + 24;
  const keys = [
    ...heading,
    ...colourKey(families, left),
    ...sizeKey(points, radius, left, size.height - margins.marginBottom),
  ];
  return `${svg.outerHTML.replace(/<\/svg>$/, `<g text-anchor="start">${keys.join("")}</g></svg>`)}\n`;
}

interface Scale {
  readonly apply: (value: number) => number;
  readonly invert: (pixels: number) => number;
}

interface Family {
  readonly family: string;
  readonly members: readonly Point[];
  readonly colour: string;
}

/** Those with the best member first, so that neighbours in the key are neighbours in the picture. */
function familiesOf(points: readonly Point[]): Family[] {
  const names = [...new Set(points.map(({ family }) => family))];
  return names
    .map((family) => points.filter((point) => point.family === family))
    .sort((a, b) => bestOf(b).top1 - bestOf(a).top1)
    .map((members, i) => ({
      family: members[0].family,
      members: members.sort((a, b) => a.giga - b.giga),
      colour: colours[i % colours.length],
    }));
}

const bestOf = (members: readonly Point[]): Point =>
  members.reduce((best, point) => (point.top1 > best.top1 ? point : best));

const describe = ({ name, parameters, giga, top1 }: Point): string =>
  `${name}: ${millions(parameters)} M parameters, ${Number(giga.toPrecision(3))} billion multiply-adds, ${top1} %`;

const millions = (parameters: number): number => Number((parameters / 1e6).toPrecision(3));

/** The sizes that are better than all smaller ones: what is gained by growing. */
const rising = (members: readonly Point[]): Point[] =>
  members.filter((point, i) => members.slice(0, i).every(({ top1 }) => top1 < point.top1));

function page() {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return {
    document: document as unknown as Document,
    style: {
      ...{ background: "white", color: "#444" },
      ...{ fontFamily: "system-ui, sans-serif", fontSize: "11px" },
    },
  };
}

/** Operations are spread over their magnitudes where the largest are many times the least. */
function scalesOf(points: readonly Point[]) {
  const giga = points.map((point) => point.giga);
  const top1 = points.map((point) => point.top1);
  const [least, most] = [Math.min(...giga), Math.max(...giga)];
  const [worst, best] = [Math.min(...top1), Math.max(...top1)];
  const room = Math.max(1, 0.12 * (best - worst));
  const wide = most > 12 * least;
  return {
    x: {
      type: wide ? ("log" as const) : ("linear" as const),
      domain: wide ? [least / 1.5, most * 1.5] : [0, most * 1.15],
      axis: null,
    },
    y: {
      domain: [worst - room, Math.min(100, best + room)],
      ...{ grid: true, label: "top-1 accuracy, %", labelAnchor: "center" as const },
      labelArrow: "none" as const,
    },
    r: { type: "identity" as const },
  };
}

/** A scale of magnitudes would leave most of its ticks without a number. */
function operationsAxis(points: readonly Point[]) {
  const { type, domain } = scalesOf(points).x;
  const [from, to] = domain;
  const magnitudes = [0.001, 0.01, 0.1, 1, 10, 100, 1000];
  const round = magnitudes.flatMap((ten) =>
    [ten, 2 * ten, 5 * ten].map((n) => Number(n.toPrecision(1))),
  );
  const ticks = type === "log" ? round.filter((tick) => tick >= from && tick <= to) : undefined;
  const shown = ticks ? [ticks] : [];
  return [
    gridX(...shown),
    axisX(...shown, {
      ...(ticks && { text: (tick: number) => String(tick) }),
      label: "multiply-adds for one image, billions",
      ...{ labelAnchor: "center", labelArrow: "none" },
    }),
  ];
}

const colourScale = (families: readonly Family[]) => ({
  color: {
    type: "categorical" as const,
    domain: families.map(({ family }) => family),
    range: families.map(({ colour }) => colour),
  },
});

const heading = [
  `<text x="${margins.marginLeft}" y="26" font-size="16" font-weight="600" fill="#222">Accuracy against operations</text>`,
  `<text x="${margins.marginLeft}" y="44" fill="#666">published top-1 accuracy on ImageNet; circles as large as the models have parameters</text>`,
];

const colourKey = (families: readonly Family[], left: number): string[] =>
  families.flatMap(({ family, colour }, i) => {
    const y = margins.marginTop + 8 + 17 * i;
    return [
      `<circle cx="${left + 5}" cy="${y}" r="5" fill="${colour}" fill-opacity="0.75"/>`,
      `<text x="${left + 16}" y="${y}" dy="0.35em">${family}</text>`,
    ];
  });

/** Three round numbers of parameters as circles, one within the other. */
function sizeKey(
  points: readonly Point[],
  radius: (of: { parameters: number }) => number,
  left: number,
  bottom: number,
): string[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * 1e6);
  const shown = steps
    .filter((n) => n <= points[0].parameters)
    .slice(-5)
    .filter((_, i, all) => (all.length - 1 - i) % 2 === 0);
  const x = left + RADIUS;
  const rings = shown.flatMap((parameters) => {
    const r = radius({ parameters });
    const top = bottom - 2 * r;
    return [
      `<circle cx="${x}" cy="${bottom - r}" r="${r}" fill="none" stroke="#999"/>`,
      `<path d="M${x},${top}H${x + RADIUS + 6}" stroke="#bbb"/>`,
      `<text x="${x + RADIUS + 10}" y="${top}" dy="0.35em">${millions(parameters)} M</text>`,
    ];
  });
  return [
    `<text x="${left}" y="${bottom - 2 * RADIUS - 12}" fill="#666">parameters</text>`,
    ...rings,
  ];
}
