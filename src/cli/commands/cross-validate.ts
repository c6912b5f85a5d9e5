/** `convkit cross-validate DATA`: trains as often as there are folds, each time testing with another part of the pictures. */
import { join } from "node:path";
import type { Command } from "commander";
import { nameOfSource, parseSource } from "../../data/index.ts";
import { whole } from "../arguments.ts";
import { Interrupted, trainInChild } from "../child-training.ts";
import { shellWord } from "../given-flags.ts";
import { Output, percent } from "../output.ts";
import type { RunRecords } from "../run-records.ts";
import { asUsage } from "../usage.ts";

interface Flags {
  readonly folds: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function crossValidateCommand(program: Command): void {
  program
    .command("cross-validate")
    .description(
      "Divides the training pictures into folds, classes spread evenly and near-duplicates together, and trains once for each: on the other " +
        "folds, testing with that one. All other options are those of convkit train. The data's own test part is left for the very end. " +
        "The same command goes on where one was interrupted.",
    )
    .argument("<data>", "what to train on, as for convkit train")
    .option("--folds <k>", "how many", whole(2), 5)
    .option("--out <dir>", "the folder of the runs (default: runs/cross-validate-DATA)")
    .option("--json", "one JSON object a line on standard output")
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      "after",
      `
Examples:
  convkit cross-validate photos/ --model resnet18 --weights resnet18.pth --recipe finetune
  convkit cross-validate glyphs --folds 10 --epochs 3`,
    )
    .action((data: string, flags: Flags, command: Command) => crossValidate(data, flags, command));
}

async function crossValidate(data: string, flags: Flags, command: Command): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { folds } = flags;
  const source = await asUsage(() => parseSource(data));
  const out = flags.out ?? `runs/cross-validate-${nameOfSource(source)}`;
  const found: RunRecords[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    const run = join(out, `fold-${String(fold).padStart(String(folds).length, "0")}`);
    // What is not of this command is for the trainings.
    const words = [data, ...command.args.slice(1), "--fold", `${fold}/${folds}`];
    const bar = output.bar(`fold ${fold}/${folds}, epoch {value} {bar}`);
    try {
      const records = await trainInChild({
        ...{ words, out: run },
        onEpoch: ({ epoch }) => bar.update(epoch, epoch),
      });
      found.push(records);
      const { accuracy = Number.NaN, loss = Number.NaN } = records.test ?? {};
      bar.stop();
      output.say(
        `fold ${fold}/${folds}  accuracy ${percent(accuracy, 2)}  loss ${loss.toFixed(4)}`,
      );
      output.emit({ event: "fold", fold, run, accuracy, loss, images: records.config.data.test });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      output.remark("\ninterrupted; the same command goes on from here");
      process.exitCode = 130;
      return;
    } finally {
      bar.stop();
    }
  }
  tell(output, found, out);
}

function tell(output: Output, found: readonly RunRecords[], out: string): void {
  const accuracies = found.map(({ test }) => test?.accuracy ?? Number.NaN);
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / (accuracies.length - 1));
  const images = found.reduce((sum, { config }) => sum + config.data.test, 0);
  output.say(`\naccuracy ${percent(mean, 2)} ± ${percent(std, 2)} over ${found.length} folds`);
  output.say(`convkit runs ${shellWord(out)} lists them`);
  output.emit({ event: "cross-validation", folds: found.length, out, accuracy: mean, std, images });
}
