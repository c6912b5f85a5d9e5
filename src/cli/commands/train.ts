/** `convkit train DATA`: from pictures to a trained, saved model. */
import { basename } from "node:path";
import type { Command } from "commander";
import { parseTransforms, type TransformSettings } from "../../augment/settings.ts";
import { ConvkitError } from "../../core/index.ts";
import { foldOf, nameOfSource, parseSource } from "../../data/index.ts";
import { summary } from "../../models/index.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import {
  makeOptimizer,
  makeSchedule,
  parseOptimizerName,
  type Run,
  type ScheduleName,
  type ScheduleSettings,
  type SegmentationRun,
  type TrainCallbacks,
} from "../../train/index.ts";
import { namedRecipe, recipeNames } from "../../train/named-recipes.ts";
import {
  absoluteSource,
  OutputExists,
  RunDirectory,
  sourceOfRun,
  tensorBoard,
  train,
} from "../../train/node.ts";
import { atLeastZero, backend, oneOf, pictureSize, share, whole } from "../arguments.ts";
import { shellWord, typedCommand } from "../given-flags.ts";
import { Interrupts } from "../interrupts.ts";
import { addPictureFlags } from "../model-argument.ts";
import { addDataFlags, dataWords } from "../open-data.ts";
import { optimizerOf } from "../optimizer-flags.ts";
import { optionGroups } from "../option-groups.ts";
import { Output } from "../output.ts";
import { recallFlags } from "../recalled-flags.ts";
import { addRecipeFlags, fold, type RecipeFlags, recipeOptions } from "../recipe-flags.ts";
import { parseSchedule } from "../schedule-words.ts";
import { openForTraining, type TrainingFlags } from "../training-network.ts";
import { reportProgress } from "../training-report.ts";
import { tellDone, tellInterrupted } from "../training-result.ts";
import {
  addTransferFlags,
  frozenLayers,
  isHeadAlone,
  openForTransfer,
  type TransferFlags,
} from "../transfer-flags.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags extends TrainingFlags, TransferFlags, RecipeFlags {
  readonly val?: number;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly checkpointSeconds: number;
  readonly tensorboard?: boolean;
  readonly report: boolean;
  readonly json?: boolean;
}

export function trainCommand(program: Command): void {
  const command = describe(program);
  command.action((data: string | undefined, flags: Flags) => run(data, flags, command));
}

function describe(program: Command): Command {
  const command = program
    .command("train")
    .description(
      "Trains a model and saves it in a run directory. Epochs, batch, optimizer, learning rate and schedule are those " +
        "that go with the model, or those of a recipe, unless you name others.\n\n" +
        `${dataWords} With --resume and --out it may be left out, and so may all that the run was begun with.`,
    )
    .argument("[data]", "what to train on");
  addDataFlags(command.optionsGroup(optionGroups.data))
    .option(
      "--size <HxW>",
      "of pictures from files (default: that of weights, else 64x64; with masks 128x128)",
      pictureSize,
    )
    .option("--val <share>", "of the training data, held back for validation (default: 0.1)", share)
    .option(
      "--fold <i/k>",
      "test with part i of k of the training pictures, train on the others",
      fold,
    )
    .option("--sampler <kind>", "balanced draws all classes alike", oneOf("balanced"));
  addPictureFlags(command);
  command
    .optionsGroup(optionGroups.model)
    .option(
      "--model <model>",
      "a name (lenet5 for grey pictures, resnet20 for colour, unet_s for masks), a run, an .onnx file or a model.json to go on from",
    )
    .option("--weights <file>", "to begin with, for a name: .safetensors, .pth or .npz")
    .option(
      "--stem <kind>",
      "first layers: imagenet as published, cifar for 32x32 (default: by size)",
      oneOf("imagenet", "cifar"),
    );
  addRecipeFlags(command);
  addTransferFlags(command.optionsGroup(optionGroups.transfer));
  command
    .optionsGroup(optionGroups.run)
    .option("--out <dir>", "the run directory (default: runs/DATA-MODEL)")
    .option("--resume", "go on with a run that was interrupted, to the same bits")
    .option("--overwrite", "replace a run that is there already")
    .option(
      "--checkpoint-seconds <s>",
      "between checkpoints, besides every epoch's",
      atLeastZero,
      60,
    )
    .option("--tensorboard", "write what TensorBoard shows into the run, epoch by epoch")
    .option("--no-report", "write no report.html into the run")
    .option("--seed <n>", "of all that is random", whole(0), 0)
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .helpOption("-h, --help", "show this")
    .addHelpText(
      "after",
      `
Examples:
  convkit train glyphs --model lenet5
  convkit train mnist:data/mnist --model lenet5 --epochs 5 --seed 0
  convkit train photos/ --size 96x96 --epochs 20 --patience 5 --out runs/photos
  convkit train --out runs/photos --resume
  convkit train photos/ --recipe finetune --weights resnet18.pth
  convkit train photos/ --model mobilenet_v2 --weights mobilenet_v2.pth --augment randomResizedCrop+flip+randAugment
  convkit train shapes/ --model unet_s --size 128 --loss crossEntropy+dice
  convkit train photos/ --model squeezenet.onnx --channels bgr --scale 1 --mean 104,117,123
  convkit train photos/ --model resnet18 --weights resnet18.pth --freeze body
  convkit train photos/ --model resnet18 --weights resnet18.pth --head linear --thaw 2
  convkit train data=glyphs model=zhang optimizer=sgd lr=1

Recipes:
${recipeNames.map((name) => `  ${name.padEnd(14)} ${namedRecipe(name).summary}`).join("\n")}

Settings of schedules; sizes are steps, or shares of all steps when below 1:
  step:size=0.3,gamma=0.5                    cosine:min=0.01
  multi-step:milestones=0.5,0.75,gamma=0.1   one-cycle:rise=0.3
  cosine-restarts:t0=0.2,tMult=2             cyclic:up=0.05,mode=triangular2
  reduce-on-plateau:patience=3,factor=0.5    linear:from=1,to=0.1

Ctrl-C saves a checkpoint and ends with exit code 130.`,
    );
  return command;
}

async function run(given: string | undefined, said: Flags, command: Command): Promise<void> {
  const output = new Output(said.json ?? false);
  const begun = performance.now();
  const interrupts = new Interrupts(output);
  if (said.resume && said.out !== undefined) await recallFlags(command, said.out, describe);
  const flags = command.opts<Flags>();
  const settings = await asUsage(() => readSettings(flags));
  const data = await sourceFor(given, flags);
  await asUsage(() => parseSource(data));
  if (flags.out !== undefined) await refuseExisting(flags.out, flags);

  if (isHeadAlone(flags)) {
    // Every epoch would see the same features: they are computed once.
    const { runProbe } = await import("./probe.ts");
    const { model, head = "linear", augment = "none" } = flags;
    if (model === undefined)
      throw new UsageError("train", "--freeze body is for a trained model — name it by --model");
    const out = flags.out ?? (await defaultOut(data, model, flags));
    const [metric, quantile] = ["cosine", 0.95] as const;
    return runProbe(model, data, { ...flags, head, augment, out, metric, quantile, views: 1 });
  }
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  const opened =
    flags.head === undefined
      ? await openForTraining(data, flags, output)
      : await openForTransfer(data, flags, device, output);
  const { pair, model, network, net, recipe = flags.recipe } = opened;
  const out = flags.out ?? (await defaultOut(data, model, flags));
  const { macs } = summary(net, pair.train.shape);
  const optimizer = optimizerOf({ ...flags, recipe }, model, flags.lr);
  await asUsage(() => makeOptimizer(optimizer));
  const report = reportProgress(output, { pair, model, macs, out, optimizer });
  const board = flags.tensorboard ? tensorBoard(out) : undefined;
  const result: Run | SegmentationRun = await train(network, {
    ...settings,
    ...(await asUsage(() => recipeOptions({ ...flags, recipe }))),
    ...frozenLayers(flags, opened),
    ...{ data: pair, source: absoluteSource(data), device, out, optimizer },
    ...{ epochs: flags.epochs, batch: flags.batch, warmup: flags.warmup, seed: flags.seed },
    ...{ validation: flags.val, patience: flags.patience, clip: flags.clip },
    ...{ accumulate: flags.accumulate, ema: flags.ema },
    ...{ labelSmoothing: flags.labelSmoothing, classWeights: flags.classWeights },
    ...{ resume: flags.resume, overwrite: flags.overwrite },
    command: typedCommand(),
    checkpointSeconds: flags.checkpointSeconds,
    signal: interrupts.signal,
    callbacks: [
      report,
      { onStart: () => interrupts.watch() } satisfies TrainCallbacks,
      ...(board ? [board] : []),
    ],
  })
    .catch((error: unknown) => {
      throw error instanceof OutputExists
        ? new UsageError("train", error.message.replace(/^\[train\] /, ""))
        : error;
    })
    .finally(() => {
      report.end();
      interrupts.release();
    });
  if (result.interrupted) {
    const again = `convkit train --out ${shellWord(out)} --resume`;
    return tellInterrupted(output, result, out, again, interrupts);
  }
  const { fold, seed } = result.config;
  const { test } = fold ? foldOf(pair, fold, seed) : pair;
  await tellDone(output, result, test, out, (performance.now() - begun) / 1000);
  if (result.alreadyFinished || !(flags.report || board)) return;
  // Charts take a third of a second to load.
  const { tellReport } = await import("../report/tell-report.ts");
  await tellReport(output, result, test, out, flags.report, board);
}

interface Settings {
  readonly schedule?: ScheduleName | ScheduleSettings;
  readonly augmentation?: readonly TransformSettings[];
  readonly batchAugmentation?: readonly TransformSettings[];
}

async function readSettings(flags: Flags): Promise<Settings> {
  const { schedule: words, augment, augmentBatch, resume, overwrite } = flags;
  if (resume && overwrite) {
    throw new ConvkitError(
      "train",
      "--resume goes on with a run, --overwrite replaces it — give one",
    );
  }
  if (flags.recipe !== undefined) namedRecipe(flags.recipe);
  if (flags.optimizer !== undefined) parseOptimizerName(flags.optimizer);
  const schedule = words === undefined ? undefined : parseSchedule(words);
  if (schedule !== undefined) await makeSchedule(schedule);
  return {
    ...(schedule !== undefined && { schedule }),
    ...(augment !== undefined && { augmentation: parseTransforms(augment) }),
    ...(augmentBatch !== undefined && { batchAugmentation: parseTransforms(augmentBatch) }),
  };
}

/** The data named now, or that of the run to go on with. */
async function sourceFor(given: string | undefined, { resume, out }: Flags): Promise<string> {
  if (given !== undefined) return given;
  const kept = resume && out !== undefined ? await sourceOfRun(out) : undefined;
  if (kept !== undefined) return kept;
  throw new UsageError(
    "train",
    resume
      ? "no checkpoint says what the run was trained on — name the data again"
      : "no data named — write glyphs, a folder of pictures, a .csv, .zip or .tar file, or mnist:DIR and others (convkit help train)",
  );
}

async function refuseExisting(out: string, { resume, overwrite }: Flags): Promise<void> {
  if (resume || overwrite || !(await new RunDirectory(out).exists())) return;
  throw new UsageError(
    "train",
    `${out}: is there already — go on with it (--resume), replace it (--overwrite), or choose another name`,
  );
}

/** `runs/glyphs-lenet5`, the first of that name that is free; to resume or replace, the last that is not. */
async function defaultOut(data: string, model: string, flags: Flags): Promise<string> {
  const stem = nameOfSource(parseSource(data));
  const own = basename(model).replace(/\.(onnx|json|safetensors)$/i, "");
  const name = (i: number) => `runs/${stem}-${own}${i === 1 ? "" : `-${i}`}`;
  let i = 1;
  while (await new RunDirectory(name(i)).exists()) i++;
  return name((flags.resume || flags.overwrite) && i > 1 ? i - 1 : i);
}
