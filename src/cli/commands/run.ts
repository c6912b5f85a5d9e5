/**
 * `convkit run MODEL --input a.npy --out y.npy`: numbers in, numbers out, in evaluation mode and with no
 * preprocessing, for comparing with other systems. Inputs come in the graph's order.
 */
import type { Command } from "commander";
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { encodeNpy, npyToFloat32, parseNpy } from "../../formats/index.ts";
import { readBytes, readStateDict, writeFileAtomic } from "../../formats/node.ts";
import { classesIn, loadWeights } from "../../models/index.ts";
import {
  type BackendName,
  compile,
  type Device,
  openDevice,
  type Tensor,
} from "../../tensor/index.ts";
import { backend, gather, whole } from "../arguments.ts";
import { describeDevice, threadsOf } from "../device-line.ts";
import { modelArgument, type OpenedModel, openModel } from "../model-argument.ts";
import { Output } from "../output.ts";
import { UsageError } from "../usage.ts";

const examples = `
Arrays are N×C×H×W with any N, of float32 or any other type of numbers, which are taken as float32. A model of
the zoo adapts to the pictures and, with --weights, to the classes of the file; a trained one has its own shape.

Examples:
  convkit run runs/glyphs --input x.npy --out y.npy
  convkit run resnet20 --weights resnet20.safetensors --input x.npy --out y.npy
  convkit run lenet5 --seed 1 --input x.npy --out y.npy --backend reference`;

/** Pictures at a time: the memory of a run does not grow with the file. */
const CHUNK = 64;

interface RunOptions {
  readonly input: readonly string[];
  readonly out: string;
  readonly weights?: string;
  readonly classes?: number;
  readonly threads?: number;
  readonly backend: BackendName;
  readonly seed: number;
  readonly json?: boolean;
}

interface NamedArray {
  readonly file: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

export function runCommand(program: Command): void {
  program
    .command("run")
    .description("run a model on .npy arrays")
    .argument(...modelArgument)
    .requiredOption("--input <file>", "an .npy array; once for each input of the model", gather)
    .requiredOption("--out <file>", "the .npy file to write")
    .option("--weights <file>", "weights for a model of the zoo: .safetensors, .pth or .npz")
    .option(
      "--classes <n>",
      "classes of a model of the zoo (those of the weights, or its own)",
      whole(1),
    )
    .option("--threads <n>", "threads to compute with (one a core)", whole(1))
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--seed <n>", "of initial weights, where there are no others", whole(0), 0)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(runModel);
}

async function runModel(name: string, options: RunOptions): Promise<void> {
  const out = new Output(options.json === true);
  const inputs = await readInputs(options.input);
  const model = await openFor(inputs, name, options);
  const device = await openDevice({ backend: options.backend, threads: options.threads });
  try {
    const start = performance.now();
    const result = await compute(model, inputs, device);
    const ms = performance.now() - start;
    await writeFileAtomic(options.out, encodeNpy({ type: "f4", ...result }));
    report(out, { model, inputs, result, device, ms }, options);
  } finally {
    await device.dispose();
  }
}

/** Reads and checks everything before anything is computed. */
async function readInputs(files: readonly string[]): Promise<NamedArray[]> {
  const [, second] = files;
  if (second !== undefined) {
    throw new UsageError(
      "run",
      `models of pictures have one input, ${files.length} were given — give --input once`,
    );
  }
  const arrays: NamedArray[] = [];
  for (const file of files) {
    const array = parseNpy(await readBytes(file), file);
    arrays.push({ file, shape: array.shape, data: npyToFloat32(array) });
  }
  return arrays;
}

/** A trained model as it is; one of the zoo made for these pictures and weights. */
async function openFor(
  [input]: readonly NamedArray[],
  name: string,
  { weights, classes, seed }: RunOptions,
): Promise<OpenedModel> {
  const own = await openModel(name, { classes, seed });
  if (own.file) {
    if (weights !== undefined) {
      throw new UsageError(
        "run",
        `${name} has weights of its own — leave --weights out, or name an architecture of \`convkit models\``,
      );
    }
    checkShape(input, own);
    return own;
  }
  checkPictures(input, own);
  const inputShape = input.shape.slice(1);
  if (weights === undefined) return openModel(name, { inputShape, classes, seed });
  const values = await readStateDict(weights);
  const model = await openModel(name, {
    inputShape,
    classes: classes ?? classesIn(values, own.net, own),
    seed,
  });
  const { notes } = await loadWeights(model.net, values, { timm: model.timm, model: name });
  return { ...model, notes: [...model.notes, ...notes], file: weights };
}

function checkShape(input: NamedArray, model: OpenedModel): void {
  checkPictures(input, model);
  const [, channels, ...size] = input.shape;
  const [wanted, ...wantedSize] = model.inputShape;
  const fact = `holds ${formatShape(input.shape)}, ${model.architecture} takes N×${formatShape(model.inputShape)}`;
  if (channels !== wanted) {
    const found = `${channels} ${channels === 1 ? "channel" : "channels"}`;
    fail(
      input,
      `${fact}: ${found} instead of ${wanted} — bring the pictures to the model's channels`,
    );
  }
  if (!sameShape(size, wantedSize)) {
    fail(input, `${fact}: another size — resize the pictures to ${formatShape(wantedSize)}`);
  }
}

/** Whether there are pictures N×C×H×W in it at all. */
function checkPictures(input: NamedArray, { architecture, inputShape }: OpenedModel): void {
  const { shape } = input;
  const fact = `holds ${formatShape(shape)}, ${architecture} takes N×${formatShape(inputShape)}`;
  if (shape.length === 3) fail(input, `${fact} — add the axis of pictures: x[None]`);
  if (shape.length !== 4) {
    fail(input, `${fact} — bring it to that shape: x.reshape(-1, ${inputShape.join(", ")})`);
  }
  if (shape[0] === 0) fail(input, `${fact}: there is no picture in it — give one at least`);
  const isLast = shape[3] === inputShape[0] && shape[1] !== inputShape[0];
  if (isLast && shape[1] > 4) {
    fail(input, `${fact}: channels are last — put them second: x.transpose(0, 3, 1, 2)`);
  }
}

function fail({ file }: NamedArray, message: string): never {
  throw new ConvkitError("run", `${file}: ${message}`);
}

interface Outcome {
  readonly model: OpenedModel;
  readonly inputs: readonly NamedArray[];
  readonly result: { readonly shape: Shape; readonly data: Float32Array };
  readonly device: Device;
  readonly ms: number;
}

function report(out: Output, outcome: Outcome, options: RunOptions): void {
  const { model, inputs, result, device, ms } = outcome;
  const weights = model.file ?? `initial, seed ${options.seed}`;
  for (const note of model.notes) out.remark(`Note: ${note}`);
  const bad = result.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const fact = `value ${bad} is ${result.data[bad]}`;
    out.remark(
      `Note: the result is not finite everywhere, ${fact} — look for such values in the input`,
    );
  }
  out.emit({
    event: "run",
    model: model.architecture,
    weights,
    inputs: inputs.map(({ file, shape }) => ({ file, shape })),
    out: options.out,
    shape: result.shape,
    finite: bad < 0,
    backend: device.name,
    threads: threadsOf(device),
    ms: Number(ms.toPrecision(4)),
    notes: model.notes,
  });
  if (out.json) return;
  out.say(`${model.architecture}, weights: ${weights}; ${describeDevice(device)}`);
  for (const { file, shape } of inputs) out.say(`in   ${formatShape(shape)}  ${file}`);
  out.say(`out  ${formatShape(result.shape)}  ${options.out}`);
}

async function compute(model: OpenedModel, [input]: readonly NamedArray[], device: Device) {
  const [n, ...one] = input.shape;
  const size = sizeOf(one);
  const capacity = Math.min(n, CHUNK);
  const forward = (x: Tensor) => model.net.call(x, { training: false });
  const run = compile(forward, { device, capacity });
  const parts: ArrayLike<number>[] = [];
  let rest: Shape = [];
  for (let at = 0; at < n; at += capacity) {
    const count = Math.min(capacity, n - at);
    const data = input.data.subarray(at * size, (at + count) * size);
    const y = await run({ shape: [count, ...one], dtype: "f32", data });
    parts.push(y.data);
    rest = y.shape.slice(1);
  }
  const data = new Float32Array(n * sizeOf(rest));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  run.dispose();
  return { shape: [n, ...rest], data };
}
