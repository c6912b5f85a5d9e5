/** The layers of a network as a table in Keras' columns, with work, memory, receptive field, stride and jump. */
import { formatShape } from "../core/shape.ts";
import type { Summary, SummaryRow } from "../models/index.ts";
import { count, size } from "./output.ts";
import { formatMarkdown, formatTable } from "./table.ts";

const columns = [
  { title: "Layer (type)" },
  { title: "Output Shape" },
  { title: "Param #", align: "right" },
  { title: "MACs", align: "right" },
  { title: "Forward", align: "right" },
  { title: "Training", align: "right" },
  { title: "Receptive field", align: "right" },
  { title: "Stride", align: "right" },
  { title: "Jump", align: "right" },
] as const;

/** Lines of text as wide as this, or of Markdown; "Forward" and "Training" are the memory of activations. */
export function layerTable(
  found: Summary,
  { markdown = false, width = Number.POSITIVE_INFINITY } = {},
): string[] {
  const total = [
    "Total",
    "",
    count(found.parameters),
    count(found.macs),
    size(found.activationBytes.forward),
    size(found.activationBytes.training),
    ...["", "", ""],
  ];
  const rows = found.layers.map(cellsOf);
  return markdown ? formatMarkdown(columns, rows, total) : formatTable(columns, rows, total, width);
}

const cellsOf = (layer: SummaryRow): string[] => [
  nameOf(layer),
  formatShape(layer.outputShape),
  countOf(layer.parameters),
  countOf(layer.macs),
  sizeOf(layer.activationBytes.forward),
  sizeOf(layer.activationBytes.training),
  layer.receptiveField ? formatShape(layer.receptiveField) : "·",
  pairOf(layer.stride),
  pairOf(layer.jump),
];

const nameOf = ({ name, kind, trainingOnly }: SummaryRow): string =>
  `${name ? `${name} ` : ""}(${kind}${trainingOnly ? ", training only" : ""})`;

/** What is not there is a dot: zeros would hide the numbers. */
const countOf = (number: number): string => (number === 0 ? "·" : count(number));
const sizeOf = (bytes: number): string => (bytes === 0 ? "·" : size(bytes));

/** A stride below 1, where a map grows, is a fraction. */
function pairOf(pair: SummaryRow["jump"]): string {
  if (pair === null) return "·";
  const [rows, columns] = pair.map((step) => {
    if (step >= 1 || step === 0) return String(Number(step.toFixed(2)));
    return `1/${Number((1 / step).toFixed(2))}`;
  });
  return rows === columns ? rows : `${rows}×${columns}`;
}
