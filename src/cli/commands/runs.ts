/** `convkit runs [FOLDER|RUN …]`: the runs there are, and what sets them apart. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { readError } from "../../formats/node.ts";
import { RunDirectory } from "../../train/node.ts";
import { count, duration, Output, percent } from "../output.ts";
import { type RunRecords, readRun } from "../run-records.ts";
import { sparkline } from "../sparkline.ts";
import { formatMarkdown, formatTable } from "../table.ts";
import { UsageError } from "../usage.ts";

interface Flags {
  readonly sort: (typeof orders)[number];
  readonly markdown?: boolean;
  readonly json?: boolean;
}

const orders = ["accuracy", "time", "name"] as const;
const CURVE = 16;

export function runsCommand(program: Command): void {
  program
    .command("runs")
    .description(
      "Lists the runs in a folder with their accuracies. Of several runs that are named it also shows the settings in which they differ.",
    )
    .argument("[folders...]", "folders of runs, or runs (default: runs)")
    .addOption(
      new Option("--sort <order>", "the best, the latest or the first in the alphabet at the top")
        .choices(orders)
        .default("accuracy"),
    )
    .option("--markdown", "the table in Markdown")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit runs
  convkit runs experiments/ --sort time
  convkit runs runs/photos-resnet18 runs/photos-resnet18-2`,
    )
    .action(runs);
}

async function runs(folders: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const given = folders.length > 0 ? folders : ["runs"];
  const paths = (await Promise.all(given.map(runsIn))).flat();
  if (paths.length === 0) {
    throw new UsageError("runs", `${given.join(", ")}: holds no run — convkit train makes one`);
  }
  const found = (await Promise.all(paths.map(readRun))).map(summarize).sort(byOrder[flags.sort]);
  for (const run of found) output.emit({ event: "run", ...run });
  if (flags.json) return;
  const format = flags.markdown ? formatMarkdown : formatTable;
  const rows = found.map((run) => [
    run.run,
    run.model,
    run.data,
    run.finished ? String(run.epochs) : `${run.epochs} of ${run.plannedEpochs}`,
    share(run.bestValidation),
    share(run.test),
    run.seconds === null ? "" : duration(run.seconds),
    run.begun === null ? "" : run.begun.slice(0, 16).replace("T", " "),
    sparkline(run.curve, CURVE),
  ]);
  for (const line of format(columns, rows)) output.say(line);
  const isCompared = folders.length > 1 && found.length > 1;
  if (isCompared) tellDifferences(output, found, format);
}

const columns = [
  { title: "run" },
  { title: "model" },
  { title: "data" },
  { title: "epochs", align: "right" },
  { title: "validation", align: "right" },
  { title: "test", align: "right" },
  { title: "time", align: "right" },
  { title: "begun" },
  { title: "accuracy by epoch" },
] as const;

const share = (value: number | null): string => (value === null ? "" : percent(value, 2));

export interface RunSummary {
  readonly run: string;
  readonly model: string;
  readonly data: string;
  readonly parameters: number;
  readonly epochs: number;
  readonly plannedEpochs: number;
  readonly finished: boolean;
  readonly bestValidation: number | null;
  readonly test: number | null;
  /** In training steps. */
  readonly seconds: number | null;
  readonly begun: string | null;
  readonly command: string | null;
  /** Accuracies by epoch, of the validation where there is one. */
  readonly curve: readonly number[];
  readonly settings: Readonly<Record<string, unknown>>;
}

function summarize({ run, config, history, test, log, command }: RunRecords): RunSummary {
  const validation = history.flatMap(({ valAccuracy }) => valAccuracy ?? []);
  // An epoch that was done again after a kill counts as often as it was done.
  const epochs = log.filter((record) => record.event === "epoch");
  const { model, parameters, data, inputShape, classes, ...settings } = config;
  return {
    ...{ run, model, data: data.name, parameters, epochs: history.length },
    ...{ plannedEpochs: config.epochs, finished: test !== undefined },
    bestValidation: validation.length > 0 ? Math.max(...validation) : null,
    test: test?.accuracy ?? null,
    seconds: epochs.length > 0 ? epochs.reduce((sum, { seconds }) => sum + seconds, 0) : null,
    begun: log.find((record) => record.event === "start")?.time ?? null,
    command: command ?? null,
    curve: history.map(({ valAccuracy, accuracy }) => valAccuracy ?? accuracy),
    settings: { model, data: `${data.name} ${data.fingerprint}`, inputShape, ...settings },
  };
}

const scoreOf = ({ test, bestValidation }: RunSummary): number => test ?? bestValidation ?? -1;

const byOrder: Readonly<Record<Flags["sort"], (a: RunSummary, b: RunSummary) => number>> = {
  accuracy: (a, b) => scoreOf(b) - scoreOf(a) || a.run.localeCompare(b.run),
  time: (a, b) => (b.begun ?? "").localeCompare(a.begun ?? "") || a.run.localeCompare(b.run),
  name: (a, b) => a.run.localeCompare(b.run, "en", { numeric: true }),
};

function tellDifferences(
  output: Output,
  found: readonly RunSummary[],
  format: typeof formatTable | typeof formatMarkdown,
): void {
  const keys = [...new Set(found.flatMap(({ settings }) => Object.keys(settings)))];
  const rows = keys
    .map((key) => [key, ...found.map(({ settings }) => words(settings[key]))])
    .filter(([, ...values]) => new Set(values).size > 1);
  if (rows.length === 0) {
    output.say("\nall settings are equal");
    return;
  }
  output.say("\nsettings that differ");
  const titles = [{ title: "" }, ...found.map(({ run }) => ({ title: run }))];
  for (const line of format(titles, rows)) output.say(line);
}

function words(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return value >= 1e4 ? count(value) : String(value);
  if (typeof value === "string") return value;
  return JSON.stringify(value).replace(/["{}]/g, "").replaceAll(",", ", ");
}

/** The folder itself where it is a run, else the runs in it and in its sub-folders. */
async function runsIn(folder: string): Promise<string[]> {
  if (await isRun(folder)) return [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw readError(folder, cause);
  });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const below = await Promise.all(
    folders.map(async ({ name }) => {
      const path = join(folder, name);
      return (await isRun(path)) ? [path] : runsOneBelow(path);
    }),
  );
  return below.flat();
}

/** Searches and cross-validations keep their runs in a folder of their own. */
async function runsOneBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  const known = await Promise.all(paths.map(isRun));
  return paths.filter((_, i) => known[i]);
}

const isRun = async (folder: string): Promise<boolean> =>
  (await new RunDirectory(folder).read("config.json").catch(() => undefined)) !== undefined;
