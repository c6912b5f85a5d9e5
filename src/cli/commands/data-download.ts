/** `convkit data download NAME`: a published data set, from its mirrors, held to its checksums. */
import { basename } from "node:path";
import type { Command } from "commander";
import {
  type Downloaded,
  downloadDataset,
  type PublishedDataset,
  published,
} from "../../data/node.ts";
import { findName } from "../../nn/named-settings.ts";
import { gather } from "../arguments.ts";
import { shellWord } from "../given-flags.ts";
import { Interrupts } from "../interrupts.ts";
import { Output, size } from "../output.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags {
  readonly to?: string;
  readonly mirror?: string[];
  readonly json?: boolean;
}

export function dataDownloadCommand(data: Command): void {
  data
    .command("download")
    .summary("fetch a published data set")
    .description(
      "Fetches a published data set into data/NAME, checks it and unpacks it. Without a name it lists what there is. Ctrl-C, or a lost " +
        "connection, loses nothing: the same command goes on.",
    )
    .argument("[name]", Object.keys(published).join(", "))
    .option("--to <folder>", "where it goes (default: data/NAME)")
    .option(
      "--mirror <url>",
      "a folder with the same files, tried first; may be given several times",
      gather,
    )
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit data download
  convkit data download mnist
  convkit data download cifar10 --to /data/cifar10 --mirror https://mirror.example/cifar/`,
    )
    .action(download);
}

async function download(name: string | undefined, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  if (name === undefined) return list(output);
  const known = await asUsage(() => findName("data set", name, Object.keys(published)));
  const dataset = published[known];
  for (const mirror of flags.mirror ?? []) {
    if (!/^https?:$/.test(URL.parse(mirror)?.protocol ?? "")) {
      throw new UsageError("download", `${mirror} is no address — give one of http or https`);
    }
  }
  const folder = flags.to ?? `data/${known}`;
  const next = `convkit train ${shellWord(`${dataset.kind}:${folder}`)}`;
  output.say(`${dataset.title}\n${dataset.source}; licence: ${dataset.licence}`);
  const result = await fetchAll(dataset, folder, flags, output);
  if (!result) {
    output.remark("interrupted — the same command goes on");
    return output.emit({ event: "interrupted", name: known, folder });
  }
  const { fetched, present } = result;
  output.say(
    fetched.length === 0
      ? `all of it is in ${folder} already`
      : `${dataset.files.length} files checked, in ${folder}`,
  );
  output.say(`\n${next}`);
  output.emit({ event: "download", ...{ name: known, folder, fetched, present, command: next } });
}

/** Nothing where it was interrupted. */
async function fetchAll(
  dataset: PublishedDataset,
  folder: string,
  { mirror: mirrors = [] }: Flags,
  output: Output,
): Promise<Downloaded | undefined> {
  const interrupts = new Interrupts(output, "stopping; what came so far is kept");
  interrupts.watch();
  const speed = new Speed();
  let bar = output.bar("");
  let file = "";
  try {
    return await downloadDataset(dataset, folder, {
      mirrors,
      signal: interrupts.signal,
      onNote: (note) => output.remark(note),
      onProgress: (path, done, total) => {
        if (path !== file) {
          bar.stop();
          file = path;
          bar = output.bar(`${basename(path)} {bar} {size} of {whole}, {speed}/s`);
          speed.begin(done);
        }
        bar.update(done, total || done, {
          ...{ size: size(done), whole: total ? size(total) : "?" },
          speed: size(speed.at(done)),
        });
      },
    });
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    process.exitCode = interrupts.exitCode;
    return undefined;
  } finally {
    bar.stop();
    interrupts.release();
  }
}

/** Bytes a second, over the last seconds. */
class Speed {
  #marks: [time: number, done: number][] = [];

  begin(done: number): void {
    this.#marks = [[performance.now(), done]];
  }

  at(done: number): number {
    const now = performance.now();
    this.#marks.push([now, done]);
    while (this.#marks.length > 2 && now - this.#marks[0][0] > WINDOW) this.#marks.shift();
    const [time, before] = this.#marks[0];
    return now > time ? ((done - before) / (now - time)) * 1000 : 0;
  }
}

const WINDOW = 3000;

function list(output: Output): void {
  const sets = Object.entries(published);
  const rows = sets.map(([name, { title, bytes, licence }]) => [
    name,
    size(bytes),
    licence,
    title.replace(/^[^:]*: /, ""),
  ]);
  const columns = [
    { title: "name" },
    { title: "download", align: "right" },
    { title: "licence" },
    { title: "" },
  ] as const;
  const [head, ...lines] = formatTable(columns, rows);
  output.say(paint(output, "bold", head));
  for (const line of lines) output.say(line);
  output.say("\nconvkit data download mnist");
  for (const [name, { title, bytes, licence, source, mirrors }] of sets) {
    output.emit({ event: "dataset", ...{ name, title, bytes, licence, source, mirrors } });
  }
}
