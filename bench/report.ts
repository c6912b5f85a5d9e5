/** Results for people (a table) and for later (one CSV file a machine). */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import type { Result } from "./entrant.ts";

const columns = [
  "peer",
  "threads",
  "images/s",
  "spread",
  "ms",
  "peak MB",
  "convkit ÷ it",
  "spread",
];

export function table(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { peer, threads, imagesPerSecond, low, high, ms, peakMB, ratio } = result;
    if (imagesPerSecond === undefined) {
      return [peer, String(threads), `– ${result.skipped ?? `failed: ${result.error}`}`];
    }
    const ratioSpread = ratio === undefined ? "" : `${result.ratioLow}–${result.ratioHigh}`;
    const note = result.batch === undefined ? "" : `  at batch ${result.batch}`;
    const speeds = [format(imagesPerSecond), `${format(low)}–${format(high)}`, format(ms)];
    const share = [ratio === undefined ? "" : `${ratio}×`, ratioSpread + note];
    return [peer, String(threads), ...speeds, String(peakMB), ...share];
  });
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.filter((row) => row.length > 3).map((row) => row[i].length)),
  );
  const widest = Math.max(widths[0], ...rows.map((row) => row[0].length));
  return [columns, ...rows]
    .map((row) =>
      row
        .map((cell, i) =>
          i === 0
            ? cell.padEnd(widest)
            : i === 2 && row.length === 3
              ? cell
              : cell.padStart(widths[i]),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const format = (value: number | undefined) =>
  value === undefined ? "" : value >= 100 ? Math.round(value).toLocaleString("en") : String(value);

/** convkit at its most threads against the better layout of PyTorch at as many. */
export function verdict(results: readonly Result[]): string | undefined {
  const rivals = results.filter(
    ({ peer, ratio }) => peer.startsWith("pytorch") && ratio !== undefined,
  );
  const most = Math.max(...rivals.map(({ threads }) => threads));
  const [best] = rivals
    .filter(({ threads }) => threads === most)
    .sort((a, b) => (b.imagesPerSecond as number) - (a.imagesPerSecond as number));
  if (best === undefined) return undefined;
  const { workload, ratio, ratioLow, ratioHigh, peer } = best;
  const span = `${ratioLow}–${ratioHigh}`;
  return `${workload}, ${most} threads: convkit is ${ratio}× (${span}) ${peer}, PyTorch's better layout here`;
}

// biome-ignore format: the order of the file's columns
const fields = [
  "workload", "peer", "threads", "version", "batch", "rounds", "imagesPerSecond", "low", "high", "ms", "peakMB",
  "ratio", "ratioLow", "ratioHigh", "skipped", "error",
] as const satisfies readonly (keyof Result)[];

/** Replaces the rows that were measured now, keeps the others, and says when each was. Returns the file's path. */
export function save(results: readonly Result[], when: Date, directory: string): string {
  const file = join(directory, `${machineName()}.csv`);
  const key = (row: string) => row.split(",").slice(0, 3).join();
  const rows = new Map(existingRows(file).map((row) => [key(row), row]));
  for (const result of results) {
    const row = [...fields.map((field) => cell(result[field])), when.toISOString().slice(0, 10)];
    rows.set(key(row.join()), row.join());
  }
  mkdirSync(directory, { recursive: true });
  const header = [...fields, "date"].join();
  writeFileSync(file, `${[header, ...[...rows.values()].sort()].join("\n")}\n`);
  return file;
}

function existingRows(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(1).filter(Boolean);
  } catch {
    return [];
  }
}

const cell = (value: unknown) => {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""').replaceAll("\n", " ")}"` : text;
};

/** `intel-xeon-processor-2-cores`: the hardware is in the file's name. */
function machineName(): string {
  const model = (cpus()[0]?.model || process.arch).replace(/\((?:R|TM|C)\)|CPU|@.*$/gi, " ");
  const slug = model.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${slug.replace(/^-+|-+$/g, "")}-${availableParallelism()}-cores`;
}
