/** `convkit lr-find DATA`: a range test of the learning rate, and which one to train with. */
import type { Command } from "commander";
import { parseTransforms } from "../../augment/settings.ts";
import { ConvkitError } from "../../core/index.ts";
import { parseSource } from "../../data/index.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import { type LrFinding, lrFind, makeOptimizer } from "../../train/index.ts";
import { aboveZero, backend, pictureSize, svgFile, whole } from "../arguments.ts";
import { describeDevice } from "../device-line.ts";
import { givenFlags, shellWord } from "../given-flags.ts";
import { addPictureFlags } from "../model-argument.ts";
import { addDataFlags } from "../open-data.ts";
import { addOptimizerFlags, type OptimizerFlags, optimizerOf } from "../optimizer-flags.ts";
import { columns, count, Output } from "../output.ts";
import { sparkline } from "../sparkline.ts";
import { openForTraining, type TrainingFlags } from "../training-network.ts";
import { asUsage } from "../usage.ts";

interface Flags extends OptimizerFlags, TrainingFlags {
  readonly batch?: number;
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  readonly augment?: string;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Columns of the curve. */
const WIDTH = 60;

export function lrFindCommand(program: Command): void {
  const command = program
    .command("lr-find")
    .description(
      "Trains for some hundred steps with a rate that rises from next to nothing until the loss breaks away, and suggests " +
        "a rate from the curve. Nothing is saved.",
    )
    .argument("<data>", "as for convkit train")
    .option("--model <model>", "as for convkit train")
    .option("--weights <file>", "to begin with, for a name: .safetensors, .pth or .npz")
    .option("--batch <n>", "pictures to a step", whole(1));
  addOptimizerFlags(command)
    .option("--start <rate>", "the first rate", aboveZero, 1e-7)
    .option("--end <rate>", "the last rate", aboveZero, 10)
    .option("--steps <n>", "from the one to the other", whole(10), 100)
    .option("--augment <list>", "flip,shift=PIXELS, or none")
    .option("--size <HxW>", "of pictures from a folder (default: 64x64)", pictureSize);
  addDataFlags(addPictureFlags(command))
    .option("--seed <n>", "of all that is random", whole(0), 0)
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--svg <file>", "draw the curve", svgFile)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit lr-find glyphs --model lenet5
  convkit lr-find photos/ --optimizer sgd --momentum 0.9 --svg curve.svg`,
    )
    .action((data: string, flags: Flags) => find(data, flags, command));
}

async function find(data: string, flags: Flags, command: Command): Promise<void> {
  const output = new Output(flags.json ?? false);
  await asUsage(() => {
    parseSource(data);
    if (flags.end > flags.start) return;
    throw new ConvkitError("lr-find", `from ${flags.start} to ${flags.end} — give rates that rise`);
  });
  const { pair, model, network, recipe } = await openForTraining(data, flags, output);
  const { train } = pair;
  const augmentation = await asUsage(() =>
    flags.augment === undefined ? undefined : parseTransforms(flags.augment),
  );
  const settings = await asUsage(() => optimizerOf({ ...flags, recipe }, model));
  const optimizer = await asUsage(() => makeOptimizer(settings));
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  output.say(
    columns([
      ["data", `${train.name}: ${count(train.length)} pictures`],
      ["model", `${model}, ${optimizer.name}`],
      ["backend", describeDevice(device)],
    ]),
  );
  const { start, end, steps, batch, seed } = flags;
  const bar = output.bar("steps {bar} {value}/{total}");
  const found = await lrFind(network, {
    ...{ data: pair, optimizer: settings, augmentation, device, seed, start, end, steps },
    ...(batch !== undefined && { batch }),
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  tell(output, found);
  if (flags.svg !== undefined) {
    const { drawCurve } = await import("../lr-curve.ts");
    await writeFileAtomic(flags.svg, drawCurve(found));
    output.say(`curve drawn in ${flags.svg}`);
  }
  const others = givenFlags(command, ["model", "start", "end", "steps", "svg", "json"]);
  const rate = short(found.suggestion);
  output.say(
    `\nconvkit train ${shellWord(data)} --model ${shellWord(model)}${others} --lr ${rate}`,
  );
  output.emit({
    event: "lr-find",
    ...{ model, data: train.name, optimizer: optimizer.name },
    ...found,
    svg: flags.svg ?? null,
  });
}

function tell(output: Output, found: LrFinding): void {
  const { rates, smoothed, valley, steepest, minimum, diverged } = found;
  const [first, last] = [rates[0], rates[rates.length - 1]].map(short);
  // What matters is the fall from where it began.
  const curve = sparkline(
    smoothed.map((loss) => Math.min(loss, smoothed[0])),
    WIDTH,
  );
  output.say(`\nloss  ${curve}`);
  output.say(`      ${first}${last.padStart([...curve].length - first.length)}`);
  output.say(
    `\n${rates.length} steps${diverged ? ", then the loss was more than 4 times its least" : ""}`,
  );
  output.say(`suggestion ${short(valley)}: in the middle of the loss's longest fall`);
  output.say(
    `others     ${short(steepest)} where it falls fastest, ${short(minimum)} a tenth of its least`,
  );
}

const short = (rate: number | undefined): string => String(Number(rate?.toPrecision(2)));
