/**
 * A table of pictures as text, comma-, semicolon- or tab-separated: a column of paths, one of labels or one of shares for each class,
 * and optionally one that says which part a row belongs to.
 */
import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { ConvkitError } from "../core/error.ts";
import { type PartName, partOfWord } from "./found-pictures.ts";

export interface ManifestRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly path: string;
  /** Trimmed, not empty; undefined where labels are soft. */
  readonly label?: string;
  /** The name of the class, in tables that have numbers and names. */
  readonly name?: string;
  /** A share for each class. */
  readonly shares?: readonly number[];
  readonly part?: PartName;
}

export interface Manifest {
  readonly rows: readonly ManifestRow[];
  /** The columns of shares, where labels are soft. */
  readonly classes?: readonly string[];
}

const PATHS = [
  ...["path", "image", "file", "filename", "file_name", "filepath", "image_path"],
  ...["img", "image_id", "id"],
];
const LABELS = ["label", "class", "labels", "category", "target", "class_id", "label_id"];
const NAMES = ["class_name", "label_name", "category_name", "name", "class"];
const PARTS = ["split", "subset", "set", "part", "partition"];
/** Of the sum of a row's shares. */
const ROUNDING = 0.01;

/** Throws for missing columns, empty cells, labels of two kinds and shares that are none, naming the line. */
export function parseManifest(text: string, file: string): Manifest {
  const { header, records } = readTable(text, file);
  const find = (names: readonly string[], but?: number): number | undefined =>
    names.map((name) => header.indexOf(name)).find((at) => at >= 0 && at !== but);
  const path = find(PATHS);
  if (path === undefined) throw missing(file, "paths", PATHS, header);
  const label = find(LABELS);
  const part = find(PARTS);
  const name = find(NAMES, label);
  const shares = label === undefined ? sharesColumns(header, [path, part], records) : [];
  const only = label ?? (shares.length === 0 ? name : undefined);
  if (only === undefined && shares.length === 0) throw missing(file, "labels", LABELS, header);
  const rows = records.map(({ cells, line }): ManifestRow => {
    const cell = (at: number): string => {
      if (cells[at] !== "") return cells[at];
      throw fault(file, line, `its ${header[at]} is empty — fill it in, or remove the row`);
    };
    return {
      ...{ line, path: cell(path) },
      ...(only !== undefined && { label: cell(only) }),
      ...(name !== undefined && name !== only && { name: cell(name) }),
      ...(shares.length > 0 && { shares: checkedShares(file, line, shares.map(cell)) }),
      ...(part !== undefined && { part: checkedPart(file, line, cell(part)) }),
    };
  });
  if (rows.length === 0) {
    throw new ConvkitError("csv", `${file}: has a header and no row — add one a picture`);
  }
  refuseMixture(file, rows);
  return { rows, ...(shares.length > 0 && { classes: shares.map((at) => header[at]) }) };
}

const fault = (file: string, line: number, text: string): ConvkitError =>
  new ConvkitError("csv", `${file}: line ${line}: ${text}`);

function missing(
  file: string,
  what: string,
  names: readonly string[],
  header: readonly string[],
): ConvkitError {
  const found = header.join(", ") || "none";
  return new ConvkitError(
    "csv",
    `${file}: no column of ${what} among ${found} — call it ${names.slice(0, 4).join(", ")}, …`,
  );
}

interface Table {
  /** In lower case. */
  readonly header: readonly string[];
  readonly records: readonly { readonly cells: readonly string[]; readonly line: number }[];
}

function readTable(text: string, file: string): Table {
  if (text.trim() === "") throw new ConvkitError("csv", `${file}: the file is empty`);
  if (text.includes("\0")) {
    throw new ConvkitError("csv", `${file}: is no text — save the table as CSV (UTF-8)`);
  }
  const [first] = text.split(/\r?\n/, 1);
  const count = (mark: string): number => first.split(mark).length;
  const delimiter = [",", ";", "\t"].reduce((a, b) => (count(b) > count(a) ? b : a));
  try {
    const options = { delimiter, bom: true, trim: true, skip_empty_lines: true, info: true };
    const parsed = parse(text, options) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    const [head, ...rows] = parsed.map(({ record, info }) => ({ cells: record, line: info.lines }));
    return { header: head.cells.map((cell) => cell.toLowerCase()), records: rows };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const fact = cause.message.replace(/\s+/g, " ");
    throw new ConvkitError("csv", `${file}: ${fact} — correct that line`, { cause });
  }
}

/** All columns besides those named, if they are two or more and hold numbers from 0 to 1. */
function sharesColumns(
  header: readonly string[],
  others: readonly (number | undefined)[],
  records: Table["records"],
): number[] {
  const rest = [...header.keys()].filter((at) => !others.includes(at));
  const isShare = (cell: string): boolean => cell !== "" && Number(cell) >= 0 && Number(cell) <= 1;
  const first = records.at(0)?.cells ?? [];
  return rest.length >= 2 && rest.every((at) => isShare(first[at] ?? "")) ? rest : [];
}

function checkedShares(file: string, line: number, cells: readonly string[]): number[] {
  const shares = cells.map(Number);
  const bad = shares.findIndex((share) => !(share >= 0 && share <= 1));
  if (bad >= 0) throw fault(file, line, `${cells[bad]} is no share of a class, from 0 to 1`);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > ROUNDING) {
    throw fault(
      file,
      line,
      `the shares of its classes sum to ${Number(sum.toPrecision(4))}, not to 1 — divide them by their sum`,
    );
  }
  return shares.map((share) => share / sum);
}

function checkedPart(file: string, line: number, cell: string): PartName {
  const part = partOfWord(cell);
  if (part) return part;
  throw fault(file, line, `"${cell}" is no part of a data set — write train, val or test`);
}

const isNumber = (label: string): boolean => /^[+-]?\d+(\.0*)?$/.test(label);

function refuseMixture(file: string, rows: readonly ManifestRow[]): void {
  const [{ label: first }] = rows;
  if (first === undefined) return;
  const odd = rows.find(({ label }) => isNumber(label as string) !== isNumber(first));
  if (!odd) return;
  const [number, word] = isNumber(first) ? [first, odd.label] : [odd.label, first];
  throw fault(
    file,
    odd.line,
    `labels are numbers (${number}) and names (${word}) — write all of them one way`,
  );
}
