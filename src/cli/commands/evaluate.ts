/** `convkit evaluate RUN [DATA]`: accuracy, loss and confusion on the test part of a data set. */
import type { Command } from "commander";
import { parseSource } from "../../data/index.ts";
import { openData } from "../../data/node.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import { Classifier } from "../../train/index.ts";
import { RunDirectory, sourceOfRun } from "../../train/node.ts";
import { backend, whole } from "../arguments.ts";
import { formatConfusion } from "../confusion.ts";
import {
  addModelFlags,
  addPictureFlags,
  type ModelFlags,
  modelArgument,
  openModel,
  type PictureFlags,
  remarksOn,
} from "../model-argument.ts";
import { count, Output, percent } from "../output.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags extends ModelFlags, PictureFlags {
  readonly best?: boolean;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly json?: boolean;
}

export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .summary("test a trained model on a data set")
    .description(
      "Tests a trained model on the test part of a data set, by default the one it was trained with.",
    )
    .argument(...modelArgument)
    .argument("[data]", "as for convkit train");
  addModelFlags(command);
  addPictureFlags(command)
    .option("--best", "the best weights instead of the last")
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit evaluate runs/glyphs-lenet5
  convkit evaluate runs/mnist-lenet5 mnist:data/mnist --json
  convkit evaluate runs/photos --best
  convkit evaluate resnet20-cifar10.onnx cifar10:data/cifar10 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225`,
    )
    .action((run: string, data: string | undefined, flags: Flags) => evaluate(run, data, flags));
}

async function evaluate(run: string, given: string | undefined, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  const opened = await openModel(run, flags, { best: flags.best, device });
  const path = opened.file ?? run;
  const source = given ?? (path === run ? undefined : await sourceOfRun(run));
  if (source === undefined) {
    throw new UsageError("evaluate", `${run} does not say what it was trained on — name the data`);
  }
  await asUsage(() => parseSource(source));
  for (const note of remarksOn(opened)) output.remark(`Note: ${note}`);
  const model = Classifier.of(opened, device);
  const { channels, height, width, cropPct } = model.card.preprocessing;
  const loading = output.bar("reading pictures {bar} {value}/{total}");
  const { test } = await openData(source, {
    // The seed of the run, so that a folder without a test part is divided as it was in training.
    seed: await seedOf(run, path),
    size: [height, width],
    channels,
    cropPct,
    onProgress: (done, total) => loading.update(done, total),
  }).finally(() => loading.stop());
  const bar = output.bar("evaluating {bar} {value}/{total}");
  const { accuracy, loss, confusion } = await model
    .evaluate(test, (done, total) => bar.update(done, total))
    .finally(() => bar.stop());
  output.say(`${path} on ${count(test.length)} pictures of ${test.name}`);
  output.say(`accuracy ${percent(accuracy, 2)}, loss ${loss.toFixed(4)}\n`);
  output.say(formatConfusion(confusion, test.classes));
  output.emit({
    ...{ event: "evaluation", run, data: test.name, images: test.length, accuracy, loss },
    ...{ classes: test.classes, confusion },
  });
}

async function seedOf(run: string, path: string): Promise<number> {
  const config = path === run ? undefined : await new RunDirectory(run).read("config.json");
  if (!config) return 0;
  try {
    const { seed } = JSON.parse(new TextDecoder().decode(config)) as { seed?: unknown };
    return Number.isSafeInteger(seed) ? (seed as number) : 0;
  } catch {
    return 0; // a config edited by hand into no JSON; only folders without a test part depend on it
  }
}
