/**
 * `convkit run MODEL --input a.npy --out y.npy`: numbers in, numbers out, in evaluation mode and with no
 * preprocessing, for comparing with other systems. Inputs come in the graph's order.
 */
import type { Command } from "commander";
import { ConvkitError } from "../../core/error.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { encodeNpy, npyToFloat32, parseNpy } from "../../formats/index.ts";
import { readBytes, writeFileAtomic } from "../../formats/node.ts";
import {
  type BackendName,
  compile,
  type Device,
  openDevice,
  type Tensor,
} from "../../tensor/index.ts";
import { backend, gather, shape, whole } from "../arguments.ts";
import { describeDevice, threadsOf } from "../device-line.ts";
import { loadWeights } from "../load-weights.ts";
import { modelArgument, type OpenedModel, openModel } from "../model-argument.ts";
import { Output } from "../output.ts";
import { UsageError } from "../usage.ts";

const examples = `
Arrays are float32, float64, int8 … uint8 (all taken as float32), pictures as N×C×H×W with any N.

Examples:
  convkit run runs/glyphs --input x.npy --out y.npy
  convkit run resnet20 --weights resnet20.safetensors --input x.npy --out y.npy
  convkit run lenet5 --input-shape 1x28x28 --seed 1 --input x.npy --out y.npy --backend reference`;

/** Pictures at a time: the memory of a run does not grow with the file. */
const CHUNK = 64;

interface RunOptions {
  readonly input: readonly string[];
  readonly out: string;
  readonly weights?: string;
  readonly inputShape?: number[];
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
    .option("--weights <file>", "a safetensors file for a model of the zoo")
    .option("--input-shape <CxHxW>", "one picture of a model of the zoo (the model's own)", shape)
    .option("--classes <n>", "classes of a model of the zoo (the model's own)", whole(1))
    .option("--threads <n>", "threads to compute with (one a core)", whole(1))
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--seed <n>", "of initial weights, where there are no others", whole(0), 0)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(runModel);
}

async function runModel(name: string, options: RunOptions): Promise<void> {
  const out = new Output(options.json === true);
  const { inputShape, classes, seed, weights } = options;
  const model = await openModel(name, { inputShape, classes, seed });
  if (weights !== undefined) {
    if (model.file) {
      throw new UsageError(
        "run",
        `${name} has weights of its own — leave --weights out, or name an architecture of \`convkit models\``,
      );
    }
    await loadWeights(model.net, weights, model.architecture);
  }
  const inputs = await readInputs(options.input, model);
  const device = await openDevice({ backend: options.backend, threads: options.threads });
  try {
    const start = performance.now();
    const result = await compute(model, inputs, device);
    const ms = performance.now() - start;
    await writeFileAtomic(options.out, encodeNpy({ type: "f4", ...result }));
    for (const note of model.notes) out.remark(`Note: ${note}`);
    const bad = result.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      out.remark(`Note: the result is not finite everywhere, value ${bad} is ${result.data[bad]}`);
    out.emit({
      model: model.architecture,
      weights: model.file ?? weights ?? `initial, seed ${seed}`,
      inputs: inputs.map(({ file, shape }) => ({ file, shape })),
      out: options.out,
      shape: result.shape,
      finite: bad < 0,
      backend: device.name,
      threads: threadsOf(device),
      ms: Number(ms.toPrecision(4)),
    });
    if (out.json) return;
    const from = model.file ?? weights ?? `initial weights of seed ${seed}`;
    out.say(`${model.architecture} with ${from}, on ${describeDevice(device)}`);
    for (const { file, shape } of inputs) out.say(`in   ${file}  ${formatShape(shape)}`);
    out.say(`out  ${options.out}  ${formatShape(result.shape)}`);
  } finally {
    await device.dispose();
  }
}

/** Reads and checks all inputs before anything is computed. */
async function readInputs(files: readonly string[], model: OpenedModel): Promise<NamedArray[]> {
  const expected = [model.inputShape]; // every network of images has this one input
  if (files.length !== expected.length) {
    throw new UsageError(
      "run",
      `${model.architecture} has ${expected.length} input, ${files.length} were given — give --input once`,
    );
  }
  const arrays: NamedArray[] = [];
  for (const [i, file] of files.entries()) {
    const array = parseNpy(await readBytes(file), file);
    checkShape(file, array.shape, expected[i], model);
    arrays.push({ file, shape: array.shape, data: npyToFloat32(array) });
  }
  return arrays;
}

function checkShape(file: string, found: Shape, expected: Shape, model: OpenedModel): void {
  const [n, ...one] = found;
  if (found.length === expected.length + 1 && n > 0 && sameShape(one, expected)) return;
  throw new ConvkitError("run", `${file}: ${mismatch(found, expected, model)}`);
}

function mismatch(found: Shape, expected: Shape, model: OpenedModel): string {
  const wanted = `${model.architecture} takes N×${formatShape(expected)}`;
  const fact = `holds ${formatShape(found)}, ${wanted}`;
  if (sameShape(found, expected)) return `${fact} — add the axis of pictures: x[None]`;
  if (found.length !== expected.length + 1) {
    return `${fact} — bring it to that shape, x.reshape(-1, ${expected.join(", ")})`;
  }
  if (found[0] === 0) return `${fact}: there is no picture in it — give one at least`;
  const [, channels, height, width] = found;
  if (width === expected[0] && sameShape([channels, height], expected.slice(1))) {
    return `${fact}: channels are last — x.transpose(0, 3, 1, 2)`;
  }
  const what =
    channels === expected[0] ? "another size" : `${channels} channels instead of ${expected[0]}`;
  const remedy = model.file
    ? "bring the pictures to the model's shape"
    : `bring the pictures to that shape, or adapt the model with --input-shape ${found.slice(1).join("x")}`;
  return `${fact}: ${what} — ${remedy}`;
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
