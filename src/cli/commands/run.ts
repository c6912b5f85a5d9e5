/**
 * `convkit run MODEL --input a.npy --out y.npy`: numbers in, numbers out, in evaluation mode and with no
 * preprocessing, for comparing with other systems. Inputs come in the graph's order.
 */
import type { Command } from "commander";
import type { DType } from "../../core/dtype.ts";
import { ConvkitError } from "../../core/error.ts";
import { permuteAxes } from "../../core/permute-axes.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { encodeNpy, npyToFloat32, parseNpy } from "../../formats/index.ts";
import { readBytes, writeFileAtomic } from "../../formats/node.ts";
import { npzPieces } from "../../formats/npz.ts";
import { createModel, modelNames } from "../../models/index.ts";
import type { Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import {
  type BackendName,
  compile,
  type Device,
  type HostTensor,
  openDevice,
  type Tensor,
} from "../../tensor/index.ts";
import { backend, gather, whole } from "../arguments.ts";
import { describeDevice, threadsOf } from "../device-line.ts";
import {
  addModelFlags,
  type ModelFlags,
  modelArgument,
  type OpenedModel,
  openModel,
} from "../model-argument.ts";
import { Output } from "../output.ts";
import { UsageError } from "../usage.ts";

const examples = `
Arrays are N×C×H×W with any N, of float32 or any other type of numbers, which are taken as float32; N×H×W×C is turned. A
model of the zoo adapts to the pictures and, with --weights, to the classes of the file; other models have their own shape.
An .npz takes every output under its name, .npy the first.

Examples:
  convkit run runs/glyphs --input x.npy --out y.npy
  convkit run resnet20 --weights resnet20.pth --input x.npy --out y.npy
  convkit run squeezenet.onnx --input x.npy --out y.npz
  convkit run two-inputs.onnx --input a.npy --input b.npy --out y.npz
  convkit run lenet5 --seed 1 --input x.npy --out y.npy --backend reference`;

/** Pictures at a time: the memory of a run does not grow with the file. */
const CHUNK = 64;

interface RunOptions extends Omit<ModelFlags, "input"> {
  readonly input: readonly string[];
  readonly out: string;
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
  const command = program
    .command("run")
    .description("run a model on .npy arrays")
    .argument(...modelArgument)
    .requiredOption("--input <file>", "an .npy array; once for each input of the model", gather)
    .requiredOption("--out <file>", "the .npy file to write, or .npz for every output by name");
  addModelFlags(command, { input: false })
    .option("--threads <n>", "threads to compute with (one a core)", whole(1))
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--seed <n>", "of initial weights, where there are no others", whole(0), 0)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(runModel);
}

async function runModel(name: string, options: RunOptions): Promise<void> {
  const out = new Output(options.json === true);
  if (!/\.np[yz]$/i.test(options.out)) {
    throw new UsageError("run", `${options.out}: results are written as .npy or .npz`);
  }
  const given = await readInputs(options.input);
  const device = await openDevice({ backend: options.backend, threads: options.threads });
  try {
    const model = await openFor(given, name, options, device);
    checkCount(given, model);
    const inputs = given.map((array, i) => fitted(array, model, i));
    const start = performance.now();
    const results = await compute(model, inputs, device);
    const ms = performance.now() - start;
    await writeResults(options.out, results);
    report(out, { model, inputs, results, device, ms }, options);
  } finally {
    await device.dispose();
  }
}

async function writeResults(file: string, results: readonly Result[]): Promise<void> {
  if (/\.npy$/i.test(file)) {
    const [{ shape, data }] = results;
    return writeFileAtomic(file, encodeNpy({ type: "f4", shape, data }));
  }
  const entries = results.map(({ name, shape, data }) => ({
    name,
    read: () => ({ type: "f4" as const, shape, data }),
  }));
  return writeFileAtomic(file, npzPieces(entries));
}

/** Reads everything before anything is computed. */
async function readInputs(files: readonly string[]): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  for (const file of files) {
    const array = parseNpy(await readBytes(file), file);
    arrays.push({ file, shape: array.shape, data: npyToFloat32(array) });
  }
  return arrays;
}

/** Any other model as it is; one of the zoo made for these pictures. */
async function openFor(
  [input]: readonly NamedArray[],
  name: string,
  { input: _, ...flags }: RunOptions,
  device: Device,
): Promise<OpenedModel> {
  const { seed } = flags;
  if (!(modelNames as readonly string[]).includes(name))
    return openModel(name, flags, { seed, device });
  // Refused for its shape before a model is made for it.
  const [channels, ...size] = (await createModel(name)).inputShape;
  checkPictures(input, name, [channels, ...size]);
  const [, ...one] = input.shape;
  const isLast = one[2] === channels && one[0] !== channels && one[0] > 4;
  const inputShape = isLast ? [one[2], one[0], one[1]] : one;
  return openModel(name, flags, { seed, inputShape, device });
}

function checkCount(given: readonly NamedArray[], { inputs, architecture }: OpenedModel): void {
  if (given.length === inputs.length) return;
  const names = inputs.map(({ name }) => name).join(", ");
  throw new UsageError(
    "run",
    `${architecture} has ${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, ${names}; ` +
      `${given.length} were given — give --input once for each`,
  );
}

/** Input i as the model takes it; channels that are last come second. */
function fitted(array: NamedArray, model: OpenedModel, i: number): NamedArray {
  const { inputs, architecture } = model;
  const wanted = inputs[i].shape;
  const [, ...one] = array.shape;
  if (sameShape(one, wanted)) return array;
  const last = [wanted[1], wanted[2], wanted[0]];
  if (wanted.length === 3 && sameShape(one, last)) {
    const { file, shape, data } = array;
    return { file, ...permuteAxes(data, shape, [0, 3, 1, 2], new Float32Array(data.length)) };
  }
  if (wanted.length === 3) checkShape(array, architecture, wanted);
  const fact = `holds ${formatShape(array.shape)}, input ${inputs[i].name} of ${architecture} takes N×${formatShape(wanted)}`;
  fail(array, `${fact} — bring it to that shape`);
}

function checkShape(input: NamedArray, architecture: string, inputShape: Shape): void {
  checkPictures(input, architecture, inputShape);
  const [, channels, ...size] = input.shape;
  const [wanted, ...wantedSize] = inputShape;
  const fact = `holds ${formatShape(input.shape)}, ${architecture} takes N×${formatShape(inputShape)}`;
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
function checkPictures(input: NamedArray, architecture: string, inputShape: Shape): void {
  const { shape } = input;
  const fact = `holds ${formatShape(shape)}, ${architecture} takes N×${formatShape(inputShape)}`;
  if (shape.length === 3) fail(input, `${fact} — add the axis of pictures: x[None]`);
  if (shape.length !== 4) {
    fail(input, `${fact} — bring it to that shape: x.reshape(-1, ${inputShape.join(", ")})`);
  }
  if (shape[0] === 0) fail(input, `${fact}: there is no picture in it — give one at least`);
}

function fail({ file }: NamedArray, message: string): never {
  throw new ConvkitError("run", `${file}: ${message}`);
}

interface Result {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array<ArrayBuffer>;
}

interface Outcome {
  readonly model: OpenedModel;
  readonly inputs: readonly NamedArray[];
  readonly results: readonly Result[];
  readonly device: Device;
  readonly ms: number;
}

function report(out: Output, outcome: Outcome, options: RunOptions): void {
  const { model, inputs, results, device, ms } = outcome;
  const weights = model.file ?? `initial, seed ${options.seed}`;
  for (const note of model.notes) out.remark(`Note: ${note}`);
  const bad = results.flatMap(({ name, data }) => {
    const at = data.findIndex((value) => !Number.isFinite(value));
    return at < 0 ? [] : [`value ${at} of ${name} is ${data[at]}`];
  });
  if (bad.length > 0) {
    out.remark(
      `Note: the result is not finite everywhere, ${bad[0]} — look for such values in the input`,
    );
  }
  const isArchive = /\.npz$/i.test(options.out);
  if (!isArchive && results.length > 1) {
    const others = results.slice(1).map(({ name }) => name);
    out.remark(`Note: there are further outputs, ${others.join(", ")} — write .npz to have them`);
  }
  const written = isArchive ? results : results.slice(0, 1);
  out.emit({
    event: "run",
    model: model.architecture,
    weights,
    inputs: inputs.map(({ file, shape }) => ({ file, shape })),
    out: options.out,
    shape: results[0].shape,
    outputs: written.map(({ name, shape }) => ({ name, shape })),
    finite: bad.length === 0,
    backend: device.name,
    threads: threadsOf(device),
    ms: Number(ms.toPrecision(4)),
    notes: model.notes,
  });
  if (out.json) return;
  out.say(`${model.architecture}, weights: ${weights}; ${describeDevice(device)}`);
  for (const { file, shape } of inputs) out.say(`in   ${formatShape(shape)}  ${file}`);
  for (const { name, shape } of written) {
    out.say(`out  ${formatShape(shape)}  ${options.out}${isArchive ? ` (${name})` : ""}`);
  }
}

async function compute(
  { net, inputs: ends, outputs }: OpenedModel,
  inputs: readonly NamedArray[],
  device: Device,
): Promise<Result[]> {
  const [n] = inputs[0].shape;
  const odd = inputs.find(({ shape }) => shape[0] !== n);
  if (odd)
    fail(odd, `holds ${odd.shape[0]} examples, ${inputs[0].file} ${n} — give as many of each`);
  const capacity = Math.min(n, CHUNK);
  // Beside the tensors, since names may be numbers, which a record would put in an order of its own.
  let names: readonly string[] = outputs;
  const run = compile(
    (...x: Tensor[]) => {
      const first = (net as Module<readonly Tensor[]>).call(...x, { training: false });
      const others = takeOutputs(first.builder);
      names = [outputs[0], ...others.map(({ name }) => name)];
      return [first, ...others.map(({ tensor }) => tensor)];
    },
    { device, capacity },
  );
  const parts: HostTensor[][] = [];
  for (let at = 0; at < n; at += capacity) {
    const count = Math.min(capacity, n - at);
    parts.push([
      ...(await run(...inputs.map((input, i) => part(input, at, count, ends[i].dtype)))),
    ]);
  }
  run.dispose();
  return names.map((name, i) =>
    joined(
      name,
      parts.map((results) => results[i]),
    ),
  );
}

function part({ shape, data }: NamedArray, at: number, count: number, dtype: DType): HostTensor {
  const [, ...one] = shape;
  const size = sizeOf(one);
  const values = data.subarray(at * size, (at + count) * size);
  return {
    shape: [count, ...one],
    dtype,
    data: dtype === "f32" ? values : Int32Array.from(values),
  };
}

function joined(name: string, parts: readonly HostTensor[]): Result {
  const [{ shape }] = parts;
  const data = new Float32Array(parts.reduce((sum, { data: values }) => sum + values.length, 0));
  let at = 0;
  for (const { data: values } of parts) {
    data.set(values, at);
    at += values.length;
  }
  const n = parts.reduce((sum, { shape: own }) => sum + (own[0] ?? 1), 0);
  return { name, shape: shape.length === 0 ? [] : [n, ...shape.slice(1)], data };
}
