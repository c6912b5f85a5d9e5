/** `convkit predict RUN IMAGE…`: the likeliest classes of pictures. */
import type { Command } from "commander";
import { ConvkitError } from "../../core/index.ts";
import { npyToFloat32, parseNpy } from "../../formats/index.ts";
import { readBytes } from "../../formats/node.ts";
import { type Image, preprocess } from "../../image/index.ts";
import { decodeImage } from "../../image/node.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import { Classifier, Segmenter } from "../../train/index.ts";
import { givesMaps } from "../../train/segmenter.ts";
import { type TestTimeAugmentation, testTimeAugmentations } from "../../train/views.ts";
import { backend, oneOf, whole } from "../arguments.ts";
import {
  addModelFlags,
  addPictureFlags,
  type ModelFlags,
  modelArgument,
  openModel,
  type PictureFlags,
  remarksOn,
} from "../model-argument.ts";
import { Output, percent } from "../output.ts";

interface Flags extends ModelFlags, PictureFlags {
  readonly top: number;
  readonly invert?: boolean;
  readonly out?: string;
  readonly best?: boolean;
  readonly tta: TestTimeAugmentation;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly json?: boolean;
}

export function predictCommand(program: Command): void {
  const command = program
    .command("predict")
    .description(
      "Says what pictures show: image files, or .npy arrays. A model that was trained with masks writes masks, indexed PNG files, and\n" +
        "the pictures with them. An array of bytes is a picture, H×W, H×W×C or C×H×W;\n" +
        "one of floats is taken as prepared already, C×H×W or N×C×H×W of the model's input.",
    )
    .argument(...modelArgument)
    .argument("<image...>", "image files (JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP) or .npy")
    .option("--top <k>", "how many classes to name", whole(1), 3);
  addModelFlags(command);
  addPictureFlags(command)
    .option("--invert", "pictures are dark on light, the model was trained on light on dark")
    .option(
      "--out <dir>",
      "where masks go, of a model that gives each pixel a class (default: beside the pictures)",
    )
    .option("--best", "the best weights instead of the last")
    .option(
      "--tta <views>",
      `average over views of each picture: ${testTimeAugmentations.join(", ")}`,
      oneOf(...testTimeAugmentations),
      "none",
    )
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit predict runs/glyphs-lenet5 digit.png
  convkit predict runs/photos *.jpg --top 5 --json
  convkit predict runs/mnist-lenet5 scan.png --invert
  convkit predict runs/shapes-unet_s *.jpg --out masks/
  convkit predict resnet50 cat.jpg --weights resnet50.pth --labels imagenet.txt
  convkit predict squeezenet.onnx cat.jpg --channels bgr --scale 1 --mean 104,117,123`,
    )
    .action((run: string, images: string[], flags: Flags) => predict(run, images, flags));
}

async function predict(run: string, images: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  const opened = await openModel(run, flags, { best: flags.best, device });
  for (const note of remarksOn(opened)) output.remark(`Note: ${note}`);
  if (givesMaps(opened)) {
    const { segmentPictures } = await import("../segment-pictures.ts");
    const { out, invert = false } = flags;
    return segmentPictures(Segmenter.of(opened, device), images, { out, invert }, output);
  }
  const model = Classifier.of(opened, device, { tta: flags.tta });
  for (const file of images) {
    const values = await readValues(file, model, flags.invert ?? false);
    const predictions = await model.predictValues(values, { top: flags.top });
    for (const [index, { label, probability, top }] of predictions.entries()) {
      const name = predictions.length > 1 ? `${file}[${index}]` : file;
      const others = top.map((candidate) => `${candidate.label} ${percent(candidate.probability)}`);
      output.say(`${name}: ${others.join(", ")}`);
      output.emit({
        ...{ event: "prediction", image: file },
        ...(predictions.length > 1 && { index }),
        ...{ label, probability, top },
      });
    }
  }
}

/** N×C×H×W numbers, as the model reads them. */
async function readValues(file: string, model: Classifier, invert: boolean): Promise<Float32Array> {
  const how = { ...model.card.preprocessing, ...(invert && { invert: true }) };
  const bytes = await readBytes(file);
  if (!file.toLowerCase().endsWith(".npy")) return preprocess(await decodeImage(bytes, file), how);
  const array = parseNpy(bytes, file);
  if (array.type === "u1")
    return preprocess(toImage(array.data as Uint8Array, array.shape, file), how);
  const wanted = model.card.inputShape;
  const shape = array.shape.length === 2 && wanted[0] === 1 ? [1, ...array.shape] : array.shape;
  if (String(shape.slice(-3)) !== String(wanted) || shape.length > 4) {
    throw new ConvkitError(
      "predict",
      `${file}: an array of ${array.shape.join("×")}, the model reads ${wanted.join("×")} or ` +
        `N×${wanted.join("×")} — resize it, or give a picture of bytes`,
    );
  }
  return npyToFloat32(array);
}

function toImage(data: Uint8Array, shape: readonly number[], file: string): Image {
  const isChannels = (size: number): size is 1 | 3 => size === 1 || size === 3;
  const [a, b, c] = shape;
  if (shape.length === 2) return { height: a, width: b, channels: 1, data };
  if (shape.length === 3 && isChannels(c)) return { height: a, width: b, channels: c, data };
  if (shape.length === 3 && isChannels(a)) {
    const interleaved = new Uint8Array(data.length);
    for (let p = 0; p < b * c; p++) {
      for (let channel = 0; channel < a; channel++)
        interleaved[p * a + channel] = data[channel * b * c + p];
    }
    return { height: b, width: c, channels: a, data: interleaved };
  }
  throw new ConvkitError(
    "predict",
    `${file}: bytes of ${shape.join("×")} are no picture — give H×W, H×W×C or C×H×W with 1 or 3 channels`,
  );
}
