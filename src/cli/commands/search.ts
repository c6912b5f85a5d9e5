/** `convkit search DATA --param …`: trains with many settings and says which were best. */
import { join } from "node:path";
import { type Command, Option } from "commander";
import { ConvkitError, Random } from "../../core/index.ts";
import { nameOfSource, parseSource } from "../../data/index.ts";
import { gather, whole } from "../arguments.ts";
import { type ChildTraining, Interrupted, trainInChild } from "../child-training.ts";
import { shellWord } from "../given-flags.ts";
import { Output, percent } from "../output.ts";
import type { RunRecords } from "../run-records.ts";
import { rungsOf } from "../search/halving.ts";
import { type Dimension, drawTrial, parseDimension } from "../search/space.ts";
import { formatTable } from "../table.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags {
  readonly param: string[];
  readonly trials: number;
  readonly strategy: "random" | "halving";
  readonly epochs: number;
  readonly minEpochs: number;
  readonly factor: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** A trial with what its longest training so far gave. */
interface Trial {
  readonly number: number;
  readonly settings: readonly [name: string, value: string][];
  readonly run: string;
  readonly epochs: number;
  /** Best accuracy on the validation part; −1 where the training failed. */
  readonly accuracy: number;
  readonly fault?: string;
}

export function searchCommand(program: Command): void {
  program
    .command("search")
    .description(
      "Trains with settings drawn at random and ranks them by their best accuracy on the validation part. With the strategy halving all " +
        "trials get a few epochs and the best of them more and more. All other options are those of convkit train. " +
        "Each trial is a run of its own; the same command goes on with a search that was interrupted.",
    )
    .argument("<data>", "what to train on, as for convkit train")
    .requiredOption(
      "--param <option=domain>",
      "an option to vary; may be given several times",
      gather,
    )
    .option("--trials <n>", "how many settings to try", whole(1), 10)
    .addOption(
      new Option("--strategy <name>", "all for equally long, or the better ones ever longer")
        .choices(["random", "halving"])
        .default("random"),
    )
    .option("--epochs <n>", "of each trial; of the last ones when halving", whole(1), 5)
    .option("--min-epochs <n>", "of the first trials when halving", whole(1), 1)
    .option(
      "--factor <n>",
      "one of so many trials goes on, with so many times the epochs",
      whole(2),
      3,
    )
    .option("--seed <n>", "of the settings that are drawn, and of the trainings", whole(0), 0)
    .option("--out <dir>", "the folder of the runs (default: runs/search-DATA)")
    .option("--json", "one JSON object a line on standard output")
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      "after",
      `
Domains: lr=1e-4..1e-1,log (logarithms evenly)   label-smoothing=0..0.2   batch=16|32|64   augment=none|flip|flip,shift=4

Examples:
  convkit search glyphs --param lr=1e-4..1e-1,log --param batch=16|32|64 --trials 12
  convkit search photos/ --model resnet18 --strategy halving --trials 27 --epochs 27 --param lr=1e-4..1e-1,log
  convkit runs runs/search-glyphs`,
    )
    .action((data: string, flags: Flags, command: Command) => search(data, flags, command));
}

async function search(data: string, flags: Flags, command: Command): Promise<void> {
  const output = new Output(flags.json ?? false);
  const dimensions = await asUsage(() => flags.param.map(parseDimension));
  const { trials, strategy, epochs, minEpochs, factor, seed } = flags;
  if (strategy === "halving" && minEpochs > epochs) {
    throw new UsageError("search", `--min-epochs ${minEpochs} is more than --epochs ${epochs}`);
  }
  const source = await asUsage(() => parseSource(data));
  const out = flags.out ?? `runs/search-${nameOfSource(source)}`;
  // What search itself does not know is for the trainings.
  const common = [data, ...command.args.slice(1), "--seed", String(seed)];
  const rungs =
    strategy === "random" ? [{ trials, epochs }] : rungsOf(trials, minEpochs, epochs, factor);
  const random = new Random(seed, "search");
  let field = Array.from({ length: trials }, (_, i) => i + 1);
  const best = new Map<number, Trial>();
  try {
    for (const [i, rung] of rungs.entries()) {
      field = field.slice(0, rung.trials);
      if (rungs.length > 1) output.say(`trials ${field.length}, epochs ${rung.epochs}`);
      for (const number of field) {
        const settings = drawTrial(dimensions, random, number);
        const name = `trial-${String(number).padStart(String(trials).length, "0")}`;
        const run = join(out, rungs.length > 1 ? `${name}-epochs-${rung.epochs}` : name);
        const trial = await train({ number, settings, run, epochs: rung.epochs }, common, output);
        best.set(number, trial);
        tellTrial(output, trial, trials, bestOf(best));
      }
      field = field.toSorted((a, b) => scoreOf(best, b) - scoreOf(best, a) || a - b);
      if (i === 0 && scoreOf(best, field[0]) < 0) break;
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    output.remark("\ninterrupted; the same command goes on from here");
    process.exitCode = 130;
    return;
  }
  tellBest(output, [...best.values()], dimensions, common, out);
}

async function train(
  { number, settings, run, epochs }: Omit<Trial, "accuracy">,
  common: readonly string[],
  output: Output,
): Promise<Trial> {
  const words = [...common, ...flagsOf(settings), "--epochs", String(epochs)];
  const bar = output.bar(`trial ${number} {bar} {value}/{total} epochs`);
  const training: ChildTraining = {
    ...{ words, out: run },
    onEpoch: ({ epoch }) => bar.update(epoch, epochs),
  };
  try {
    bar.update(0, epochs);
    const accuracy = bestAccuracy(await trainInChild(training));
    return { number, settings, run, epochs, accuracy };
  } catch (error) {
    // A rate that is too large is a result; what a person typed wrong is not.
    if (!(error instanceof ConvkitError) || !/finite|loss is/.test(error.message)) throw error;
    return { number, settings, run, epochs, accuracy: -1, fault: error.message };
  } finally {
    bar.stop();
  }
}

const flagsOf = (settings: Trial["settings"]): string[] =>
  settings.flatMap(([name, value]) => [`--${name}`, value]);

function bestAccuracy({ run, history }: RunRecords): number {
  const accuracies = history.flatMap(({ valAccuracy }) => valAccuracy ?? []);
  if (accuracies.length > 0) return Math.max(...accuracies);
  throw new UsageError(
    "search",
    `${run}: no validation part tells settings apart — leave --val 0 out`,
  );
}

const scoreOf = (trials: ReadonlyMap<number, Trial>, number: number): number =>
  trials.get(number)?.accuracy ?? -1;

/** Of the most epochs, the most accurate. */
const ranked = (trials: readonly Trial[]): Trial[] =>
  trials.toSorted((a, b) => b.epochs - a.epochs || b.accuracy - a.accuracy || a.number - b.number);

const bestOf = (trials: ReadonlyMap<number, Trial>): Trial => ranked([...trials.values()])[0];

const inWords = (settings: Trial["settings"]): string =>
  settings.map(([name, value]) => `${name} ${value}`).join("  ");

function tellTrial(output: Output, trial: Trial, trials: number, best: Trial): void {
  const { number, settings, run, epochs, accuracy, fault } = trial;
  const result = fault ? "failed: the loss was not finite" : `validation ${percent(accuracy, 2)}`;
  const top =
    best.accuracy < 0 ? "" : `  (best ${percent(best.accuracy, 2)}, trial ${best.number})`;
  output.say(`trial ${number}/${trials}  ${inWords(settings)}  ${result}${top}`);
  output.emit({
    ...{ event: "trial", trial: number, run, epochs, settings: Object.fromEntries(settings) },
    ...{ accuracy: fault ? null : accuracy, fault: fault ?? null },
  });
}

function tellBest(
  output: Output,
  trials: readonly Trial[],
  dimensions: readonly Dimension[],
  common: readonly string[],
  out: string,
): void {
  const [best, ...others] = ranked(trials);
  if (best.accuracy < 0) {
    throw new ConvkitError("search", `all trials failed — ${best.fault}`);
  }
  const shown = [best, ...others].slice(0, 10);
  output.say();
  const right = { align: "right" } as const;
  const columns = [
    { title: "trial", ...right },
    ...dimensions.map(({ name }) => ({ title: name, ...right })),
    { title: "epochs", ...right },
    { title: "validation", ...right },
  ];
  const rows = shown.map(({ number, settings, epochs, accuracy }) => [
    String(number),
    ...settings.map(([, value]) => value),
    String(epochs),
    accuracy < 0 ? "failed" : percent(accuracy, 2),
  ]);
  for (const line of formatTable(columns, rows)) output.say(line);
  const words = [...common, ...flagsOf(best.settings), "--epochs", String(best.epochs)];
  const command = ["convkit train", ...words.map(shellWord)].join(" ");
  output.say(`\nbest: ${command}`);
  output.say(`its run is ${best.run}; convkit runs ${shellWord(out)} lists all`);
  output.emit({
    ...{ event: "best", trial: best.number, run: best.run, accuracy: best.accuracy },
    ...{ settings: Object.fromEntries(best.settings), epochs: best.epochs, command },
  });
}
