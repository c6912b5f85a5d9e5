/** `convkit convert IN OUT`: models and weights from one file format to another, by the names' extensions. */
import { extname } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { formatShape } from "../../core/shape.ts";
import { copyStateDict, readStateDict, writeOnnx, writeStateDict } from "../../formats/node.ts";
import type { StoredTensors } from "../../formats/stored-tensors.ts";
import { formatPreprocessing } from "../../image/preprocessing.ts";
import { loadArchitecture, modelNames } from "../../models/index.ts";
import type { Module } from "../../nn/module.ts";
import {
  addModelFlags,
  addPictureFlags,
  type ModelFlags,
  type OpenedModel,
  openModel,
  type PictureFlags,
} from "../model-argument.ts";
import { count, Output } from "../output.ts";
import { UsageError } from "../usage.ts";

const examples = `
IN is a MODEL (a name from \`convkit models\`, a run directory, .onnx, a model.json of TensorFlow.js) or weights alone
(.safetensors, .pth, .npz). OUT is .onnx, or weights: .safetensors, .pth, .npz. Weights alone become a model by --model.

Examples:
  convkit convert resnet50.pth resnet50.safetensors
  convkit convert resnet50.pth resnet50.onnx --model resnet50
  convkit convert runs/photos photos.onnx
  convkit convert model.json network.onnx --channels rgb --scale 1/255
  convkit convert timm.safetensors own.safetensors --model convnext_tiny
  convkit convert runs/photos timm.safetensors --names timm`;

const WEIGHTS = [".safetensors", ".pth", ".pt", ".th", ".bin", ".npz"];
const WRITTEN = [".onnx", ".safetensors", ".pth", ".pt", ".npz"];

interface ConvertFlags extends ModelFlags, PictureFlags {
  readonly model?: string;
  readonly names: "torchvision" | "timm";
  readonly foldBatchNorm?: boolean;
  readonly fullyConvolutional?: boolean;
  readonly external?: boolean;
  readonly json?: boolean;
}

export function convertCommand(program: Command): void {
  const command = program
    .command("convert")
    .description("convert models and weights between file formats")
    .argument("<in>", "a model or a file of weights")
    .argument("<out>", "the file to write: .onnx, .safetensors, .pth or .npz")
    .option("--model <name>", "the architecture that weights alone belong to");
  addModelFlags(command);
  addPictureFlags(command)
    .option(
      "--names <whose>",
      "of weights that are written: torchvision or timm",
      names,
      "torchvision",
    )
    .option("--fold-batch-norm", "batch normalisations become part of the convolutions before them")
    .option(
      "--fully-convolutional",
      "linear layers become convolutions: the network slides over larger pictures",
    )
    .option("--external", "ONNX: large values into a file of their own (always above 1 GiB)")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(convert);
}

function names(text: string): "torchvision" | "timm" {
  if (text === "torchvision" || text === "timm") return text;
  throw new InvalidArgumentError("Choose torchvision or timm.");
}

const extensionOf = (file: string): string => extname(file).toLowerCase();

async function convert(from: string, to: string, flags: ConvertFlags): Promise<void> {
  const output = new Output(flags.json === true);
  if (!WRITTEN.includes(extensionOf(to))) {
    throw new UsageError(
      "convert",
      `${to}: is none of ${WRITTEN.join(", ")}, which can be written — choose one of these`,
    );
  }
  const isOnnx = extensionOf(to) === ".onnx";
  if (isOnnx && flags.names === "timm") {
    throw new UsageError("convert", `${to}: --names is of files of weights — leave it out`);
  }
  if (!isOnnx && flags.external) {
    throw new UsageError("convert", `${to}: --external is of .onnx files — leave it out`);
  }
  const isWeights = WEIGHTS.includes(extensionOf(from));
  const stored = isWeights ? await readStateDict(from) : undefined;
  if (stored && !isOwnModel(stored) && flags.model === undefined) {
    return copyWeights(output, stored, to, flags);
  }
  const isArchitecture = stored && !isOwnModel(stored);
  const opened = isArchitecture
    ? await openModel(flags.model as string, { ...flags, weights: from })
    : await openModel(from, flags);
  const { net, notes } = await changed(opened, flags);
  const files = isOnnx
    ? await writeOnnx(to, net, onnxOptions(opened, flags))
    : await writeWeights(to, net, opened, flags);
  for (const note of [...opened.notes, ...notes]) output.remark(`Note: ${note}`);
  const { architecture, inputShape } = opened;
  output.say(
    `${from} → ${files.join(", ")}: ${architecture}, pictures of ${formatShape(inputShape)}`,
  );
  output.emit({
    event: "converted",
    ...{ in: from, out: to, files, model: architecture, inputShape },
    notes: [...opened.notes, ...notes],
  });
}

/** A file that convkit saved says what network it belongs to. */
const isOwnModel = ({ metadata }: StoredTensors): boolean =>
  metadata.architecture !== undefined && metadata.inputShape !== undefined;

async function copyWeights(
  output: Output,
  stored: StoredTensors,
  to: string,
  flags: ConvertFlags,
): Promise<void> {
  const { names: whose, foldBatchNorm, fullyConvolutional } = flags;
  if (extensionOf(to) === ".onnx" || whose === "timm" || foldBatchNorm || fullyConvolutional) {
    throw new UsageError(
      "convert",
      `${stored.file}: holds weights alone — name the architecture they belong to, --model resnet50`,
    );
  }
  await copyStateDict(stored, to);
  for (const note of stored.notes) output.remark(`Note: ${note}`);
  const { size } = stored.tensors;
  output.say(`${stored.file} → ${to}: ${count(size)} tensors`);
  output.emit({
    event: "converted",
    ...{ in: stored.file, out: to, files: [to], tensors: size, notes: stored.notes },
  });
}

/** The network with what the flags ask for done to it; outputs stay what they are but for rounding. */
async function changed({ net, inputShape }: OpenedModel, flags: ConvertFlags) {
  const notes: string[] = [];
  let made: Module = net;
  if (flags.foldBatchNorm) {
    const { foldBatchNorm } = await import("../../nn/conversion/fold-batch-norm.ts");
    made = foldBatchNorm(made, inputShape);
    notes.push("batch normalisations are part of the convolutions before them");
  }
  if (flags.fullyConvolutional) {
    const { fullyConvolutional } = await import("../../nn/conversion/fully-convolutional.ts");
    made = fullyConvolutional(made, inputShape);
    notes.push("linear layers are convolutions, the output is a map of scores");
  }
  return { net: made, notes };
}

const onnxOptions = (model: OpenedModel, { external }: ConvertFlags) => ({
  ...(model.inputs.length > 1 ? { inputs: model.inputs } : { inputShape: model.inputShape }),
  architecture: model.architecture,
  ...(model.labels && { classes: model.labels }),
  ...(model.preprocessing && { preprocessing: formatPreprocessing(model.preprocessing) }),
  ...(external !== undefined && { external }),
});

async function writeWeights(
  to: string,
  net: Module,
  { architecture }: OpenedModel,
  flags: ConvertFlags,
): Promise<string[]> {
  const isTimm = flags.names === "timm";
  const isOurs = (modelNames as readonly string[]).includes(architecture);
  const { timmKey, timmShape } = isTimm && isOurs ? await loadArchitecture(architecture) : {};
  if (isTimm && !timmKey) {
    throw new UsageError(
      "convert",
      `timm has no ${architecture} of such states — leave --names out`,
    );
  }
  await writeStateDict(to, net, {
    rename: (name, shape) => ({
      name: timmKey?.(architecture, name) ?? name,
      shape: timmShape?.(architecture, name, shape) ?? shape,
    }),
  });
  return [to];
}
