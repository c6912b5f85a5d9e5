/** `convkit data split DATA --out DIR`: pictures divided into those to train on, to validate and to test with, once for all. */
import { realpath } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { Command } from "commander";
import { ConvkitError } from "../../core/index.ts";
import { countClasses, parseSource, type StoredDataset } from "../../data/index.ts";
import {
  findData,
  isFound,
  openPictures,
  type WrittenPart,
  writeSplitFolders,
  writeSplitTable,
} from "../../data/node.ts";
import { share, whole } from "../arguments.ts";
import { shellWord } from "../given-flags.ts";
import { addDataFlags, type DataFlags } from "../open-data.ts";
import { count, Output } from "../output.ts";
import { formatTable } from "../table.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags extends DataFlags {
  readonly out: string;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
  readonly link?: boolean;
  readonly json?: boolean;
}

export function dataSplitCommand(data: Command): void {
  const command = data
    .command("split")
    .summary("divide pictures into train, val and test")
    .description(
      "Writes folders train, val and test with the same classes, or a table. Every class gives the same share; copies and near-duplicates " +
        "of a picture stay on one side. The same seed gives the same split, whatever the order of files on the disk.",
    )
    .argument("<data>", "a folder of pictures, a table or an archive")
    .requiredOption("--out <place>", "a new folder; or a table (.csv) beside the pictures")
    .option("--val <share>", "of all pictures", share, 0.1)
    .option("--test <share>", "of all pictures", share, 0.2)
    .option("--seed <n>", "of the split", whole(0), 0)
    .option("--link", "further names of the same files (hard links) in place of copies");
  addDataFlags(command)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit data split photos/ --out photos-split
  convkit data split photos/ --out photos/split.csv --val 0.15 --test 0.15
  convkit data split photos.zip --out photos --link`,
    )
    .action(split);
}

async function split(data: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { out, seed, link } = flags;
  const source = await asUsage(() => parseSource(data));
  const isTable = /\.csv$/i.test(out);
  checkShares(flags);
  if (!isTable && "path" in source) await refuseInside(source.path, out);
  const parts = await divide(data, flags, output);
  const writing = output.bar("writing {bar} {value}/{total}");
  const onProgress = (done: number, total: number): void => writing.update(done, total);
  await (isTable
    ? writeSplitTable(parts, out)
    : writeSplitFolders(parts, out, { link, onProgress })
  ).finally(() => writing.stop());
  const command = `convkit train ${shellWord(out)}`;
  tell(output, parts);
  output.say(`\n${command}`);
  const counts = parts.map(({ name, dataset }) => [name, countClasses(dataset)] as const);
  const { classes } = parts[0].dataset;
  output.emit({
    event: "split",
    ...{ data, out, classes, counts: Object.fromEntries(counts), seed, command },
  });
}

function checkShares({ val, test }: Flags): void {
  if (val + test > 0 && val + test < 1) return;
  throw new UsageError(
    "split",
    `--val ${val} and --test ${test} leave ${val + test > 0 ? "nothing to train on" : "all in one part"} — ` +
      "give shares whose sum is above 0 and below 1",
  );
}

/** What is written into the data would be data the next time. */
async function refuseInside(path: string, out: string): Promise<void> {
  const inside = await realpath(path).catch(() => resolve(path));
  const parent = await realpath(dirname(out)).catch(() => resolve(dirname(out)));
  const way = relative(inside, parent);
  if (way === "" || !/^\.\.([\\/]|$)/.test(way)) {
    throw new UsageError(
      "split",
      `${out} would lie in the data itself — name a folder beside it, or a table: --out ${path.replace(/[\\/]+$/, "")}/split.csv`,
    );
  }
}

async function divide(data: string, flags: Flags, output: Output): Promise<WrittenPart[]> {
  const { val, test, seed, skipBroken } = flags;
  const found = await findData(data);
  if (!isFound(found)) {
    throw new ConvkitError(
      "split",
      `${data}: its pictures are arrays, not files — convkit train splits them (--val, --seed)`,
    );
  }
  const own = (["validation", "test"] as const).filter((part) => found[part]);
  if (own.length > 0) {
    const parts = ["train", ...own].join(", ");
    throw new ConvkitError(
      "split",
      `${data}: has parts already, ${parts} — name one of its folders`,
    );
  }
  if (found.train.targets || found.train.masks) {
    const what = found.train.masks ? "masks" : "soft labels";
    throw new ConvkitError(
      "split",
      `${data}: its pictures have ${what}, not a class each — convkit train splits them`,
    );
  }
  const reading = output.bar("reading pictures {bar} {value}/{total}");
  // One share alone is the part to test with, whatever it is called.
  const fractions = test === 0 ? { test: val } : { validation: val, test };
  const pair = await openPictures(found, {
    ...{ seed, skipBroken, fractions },
    onProgress: (done, total) => reading.update(done, total),
  }).finally(() => reading.stop());
  for (const note of pair.notes ?? []) output.remark(`Note: ${note}`);
  const held: WrittenPart[] = pair.validation ? [{ name: "val", dataset: pair.validation }] : [];
  return [
    { name: "train", dataset: pair.train },
    ...held,
    { name: test === 0 ? "val" : "test", dataset: pair.test },
  ];
}

function tell(output: Output, parts: readonly WrittenPart[]): void {
  const datasets: readonly StoredDataset[] = parts.map(({ dataset }) => dataset);
  const counts = datasets.map((dataset) => countClasses(dataset));
  const rows = datasets[0].classes.map((name, label) => [
    name,
    ...counts.map((of) => count(of[label])),
  ]);
  const titles = parts.map(({ name }) => ({ title: name, align: "right" }) as const);
  const total = ["all", ...datasets.map(({ length }) => count(length))];
  for (const line of formatTable([{ title: "class" }, ...titles], rows, total)) output.say(line);
}
