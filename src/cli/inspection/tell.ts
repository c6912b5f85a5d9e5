/** An inspection as text: tables for people, what is wrong in full. */
import {
  countFiles,
  IMBALANCED,
  type InspectedPart,
  type InspectedPicture,
  type Inspection,
  imbalanceOf,
  rangeOf,
} from "../../data/node.ts";
import { columns, count, type Output, percent, size } from "../output.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";
import { faultsOf, kindOfCopies, sortedCopies } from "./faults.ts";
import { inClasses, sizeBins, suggestedCommand, tally } from "./figures.ts";

/** Characters of the longest bar. */
const BAR = 30;
/** Groups of copies, and classes, that are listed; --json and --html have all. */
const LISTED = { copies: 20, classes: 100 } as const;

export const partTitle = (part: InspectedPart): string => (part === "all" ? "pictures" : part);

export function tellInspection(output: Output, data: string, inspection: Inspection): void {
  const { pictures, notes } = inspection;
  const heading = (text: string): void => output.say(`\n${paint(output, "bold", text)}`);
  output.say(paint(output, "bold", `${data}: ${inClasses(inspection)}`));
  for (const note of notes) output.say(`  ${note}`);
  output.say();
  tellClasses(output, inspection);
  if (pictures.length > 0) {
    heading("Pictures");
    output.say(columns(facts(inspection)));
    if (inspection.inFiles) tellSizes(output, pictures);
  }
  tellBroken(output, inspection, heading);
  tellCopies(output, inspection, heading);
  const faults = faultsOf(inspection);
  heading("In short");
  for (const fault of faults) output.say(`  ${paint(output, "red", "✗")} ${fault}`);
  for (const remark of remarksOf(inspection))
    output.say(`  ${paint(output, "yellow", "!")} ${remark}`);
  if (faults.length === 0) {
    output.say(`  ${paint(output, "green", "✓")} every picture can be read, none is in two places`);
  }
  output.say(`\n${faults.length > 0 ? "then: " : ""}${suggestedCommand(data, inspection)}`);
}

function tellClasses(output: Output, inspection: Inspection): void {
  const { classes, parts } = inspection;
  const counts = parts.map((part) => countFiles(inspection, part));
  const most = Math.max(1, ...counts[0]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const rows = classes
    .slice(0, LISTED.classes)
    .map((name, label) => [
      name,
      ...counts.map((of) => count(of[label])),
      bar(counts[0][label], most),
    ]);
  const titles = parts.map((part) => ({ title: partTitle(part), align: "right" }) as const);
  const total = ["all", ...counts.map((of) => count(sum(of))), ""];
  const table = formatTable([{ title: "class" }, ...titles, { title: "" }], rows, total);
  for (const line of table) output.say(line);
  if (classes.length > rows.length) {
    output.say(`${classes.length - rows.length} more classes: --json lists all`);
  }
}

/** `█████`, at least a sliver where there is anything. */
function bar(value: number, most: number): string {
  if (value === 0) return "";
  const eighths = Math.max(1, Math.round((8 * BAR * value) / most));
  const rest = eighths % 8;
  return "█".repeat(eighths >> 3) + (rest > 0 ? String.fromCodePoint(0x2590 - rest) : "");
}

function facts(inspection: Inspection): string[][] {
  const { pictures, normalization, inFiles } = inspection;
  const [width, height] = [
    rangeOf(pictures.map((picture) => picture.width)),
    rangeOf(pictures.map((picture) => picture.height)),
  ];
  const isOne = width.min === width.max && height.min === height.max;
  const listed = (values: readonly (string | undefined)[]): string =>
    tally(values.filter((value) => value !== undefined))
      .map(([value, times]) => `${value} ${count(times)}`)
      .join(", ");
  const bytes = pictures.reduce((total, picture) => total + (picture.bytes ?? 0), 0);
  const numbers = (values: readonly number[]): string =>
    values.map((value) => value.toFixed(4)).join(", ");
  return [
    [
      "size",
      isOne
        ? `${width.min}×${height.min}, all of them`
        : `width ${spread(width)}, height ${spread(height)} (least, median, most)`,
    ],
    ...(inFiles
      ? [
          ["format", `${listed(pictures.map(({ format }) => format))}, ${size(bytes)}`],
          ["mode", listed(pictures.map(({ mode }) => mode))],
        ]
      : [["mode", pictures[0].isGrey ? "grey" : "rgb"]]),
    [
      "mean",
      `${numbers(normalization.mean)} (of ${inFiles ? "each picture alike" : "all pixels"}, to train on)`,
    ],
    ["deviation", numbers(normalization.std)],
  ];
}

const spread = ({ min, median, max }: { min: number; median: number; max: number }): string =>
  `${count(min)} … ${count(median)} … ${count(max)}`;

function tellSizes(output: Output, pictures: readonly InspectedPicture[]): void {
  const bins = sizeBins(pictures);
  if (bins.length < 2) return;
  const most = Math.max(...bins.map((bin) => bin.count));
  output.say("\nshorter side, pixels");
  const rows = bins.map((bin) => [`  ${bin.label}`, count(bin.count), bar(bin.count, most)]);
  output.say(columns(rows, [1]));
}

function tellBroken(
  output: Output,
  { broken, classes }: Inspection,
  heading: (text: string) => void,
): void {
  if (broken.length === 0) return;
  heading(`Broken, ${count(broken.length)}`);
  for (const { name, label, reason } of broken)
    output.say(`  ${name} (${classes[label]}): ${reason}`);
}

function tellCopies(output: Output, inspection: Inspection, heading: (text: string) => void): void {
  const sorted = sortedCopies(inspection);
  if (sorted.length === 0) return;
  heading(`Copies, ${count(sorted.length)} ${sorted.length === 1 ? "group" : "groups"}`);
  for (const copies of sorted.slice(0, LISTED.copies)) {
    const names = copies.pictures.map((i) => inspection.pictures[i].name);
    const kind = kindOfCopies(copies);
    const mark = kind.startsWith("copies") ? kind : paint(output, "red", kind);
    output.say(
      `  ${mark}, ${copies.isExact ? "equal" : "altered"}: ${names.slice(0, 4).join(" = ")}`,
    );
    if (names.length > 4) output.say(`    and ${names.length - 4} more`);
  }
  const more = sorted.length - LISTED.copies;
  if (more > 0) output.say(`  ${count(more)} more: --html shows them, --json lists all`);
}

function remarksOf(inspection: Inspection): string[] {
  const { pictures, copies } = inspection;
  const ratio = imbalanceOf(inspection);
  const turned = pictures.filter(({ isTurned }) => isTurned).length;
  const clear = pictures.filter(({ mode }) => mode?.endsWith("+alpha")).length;
  const grey = pictures.filter(({ isGrey }) => isGrey).length;
  const inClass = copies.filter(({ acrossClasses, acrossParts }) => !acrossClasses && !acrossParts);
  return [
    ...(ratio >= IMBALANCED
      ? [`the largest class has ${ratio.toFixed(1)} times the pictures of the smallest`]
      : []),
    ...(inClass.length > 0
      ? [`copies within a class, ${count(inClass.length)} times: a split keeps them on one side`]
      : []),
    ...(grey > 0 && grey < pictures.length
      ? [`${percent(grey / pictures.length)} of the pictures have no colour`]
      : []),
    ...(turned > 0
      ? [`${percent(turned / pictures.length)} are turned as their EXIF orientation says`]
      : []),
    ...(clear > 0
      ? [`${percent(clear / pictures.length)} may be transparent, and show their hidden colour`]
      : []),
  ];
}
