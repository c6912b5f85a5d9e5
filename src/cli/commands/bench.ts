/**
 * `convkit bench WORKLOAD`: convkit alone on one resident synthetic batch. A training step is forward, the
 * model's loss, backward and SGD with momentum 0.9; a prediction is the forward pass in evaluation mode.
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type WasmDevice, wasmDevice } from "../../backends/wasm/device.ts";
import { Random } from "../../core/random.ts";
import { sizeOf } from "../../core/shape.ts";
import { createModel, type ModelName, modelNames } from "../../models/index.ts";
import { initialize } from "../../nn/initialize.ts";
import { nearestName } from "../../nn/nearest-name.ts";
import { parameters } from "../../nn/parameters.ts";
import { sgd } from "../../optim/sgd.ts";
import { type Compiled, compile, type HostTensor, type Tensor } from "../../tensor/index.ts";
import { lossOf } from "../../train/loss.ts";
import { aboveZero, whole } from "../arguments.ts";
import { Output } from "../output.ts";
import { paint } from "../paint.ts";
import { UsageError } from "../usage.ts";

const examples = `
A workload is train/MODEL@BATCH or predict/MODEL@BATCH; the models are those of \`convkit models\`.

Examples:
  convkit bench train/lenet5@128
  convkit bench predict/resnet20@1 --threads 1 --seconds 5
  convkit bench --list`;

const tasks = ["train", "predict"] as const;

interface Workload {
  readonly name: string;
  readonly task: (typeof tasks)[number];
  readonly model: ModelName;
  readonly batch: number;
}

interface BenchOptions {
  readonly threads?: number;
  readonly seconds: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function benchCommand(program: Command): void {
  program
    .command("bench")
    .description("measure convkit alone on a synthetic batch")
    .argument("[workload]", "train/MODEL@BATCH or predict/MODEL@BATCH")
    .option("--threads <n>", "threads to compute with (one a core)", whole(1))
    .option("--seconds <s>", "how long to measure, after warming up", aboveZero, 3)
    .option("--list", "list workloads")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(bench);
}

async function bench(name: string | undefined, options: BenchOptions): Promise<void> {
  const out = new Output(options.json === true);
  if (options.list) return list(out);
  if (name === undefined) {
    throw new UsageError(
      "bench",
      "which workload? — train/lenet5@128, or see convkit bench --list",
    );
  }
  const result = await measure(parseWorkload(name), options);
  out.emit(result);
  if (out.json) return;
  const { threads, imagesPerSecond, ms, minMs, firstMs, peakMB, reps, revectorizer } = result;
  out.say(
    `${paint(out, "bold", name)}  ${paint(out, "green", `${imagesPerSecond.toLocaleString("en-US")} images/s`)}  ` +
      `${ms} ms (median of ${reps}, least ${minMs}), first ${firstMs} ms, peak ${peakMB} MB, ` +
      `${threads} ${threads === 1 ? "thread" : "threads"}, revectorizer ${revectorizer ? "on" : "off"}`,
  );
}

/** Usual batches; any other is as good. */
function list(out: Output): void {
  const workloads = modelNames.flatMap((model) => [
    `train/${model}@32`,
    `train/${model}@128`,
    `predict/${model}@1`,
    `predict/${model}@64`,
  ]);
  for (const workload of workloads) {
    out.emit({ event: "workload", workload });
    if (!out.json) out.say(workload);
  }
}

function parseWorkload(name: string): Workload {
  const form = "a workload is train/MODEL@BATCH or predict/MODEL@BATCH, such as train/lenet5@128";
  const [, task, model, digits] = /^([^/@]+)\/([^/@]+)@(\d{1,7})$/.exec(name) ?? [];
  const found = tasks.find((known) => known === task);
  const batch = Number(digits);
  if (found === undefined || !(batch > 0)) {
    throw new UsageError("bench", `"${name}" names no workload — ${form}`);
  }
  if (!(modelNames as readonly string[]).includes(model)) {
    const near = nearestName(model, modelNames);
    throw new UsageError(
      "bench",
      `"${name}": there is no model "${model}" — ${near ? `did you mean ${near}? ` : ""}` +
        `models: ${modelNames.join(", ")}`,
    );
  }
  return { name, task: found, model: model as ModelName, batch };
}

async function measure(workload: Workload, { threads, seconds }: BenchOptions) {
  const device = await wasmDevice({ threads });
  try {
    const { run, inputs } = await prepare(workload, device);
    const start = performance.now();
    await run(...inputs);
    const firstMs = performance.now() - start;
    // V8 optimises while the program runs: only then it is measured.
    await repeat(() => run(...inputs), Math.min(2, Math.max(1, seconds / 3)), 3);
    const times = await repeat(() => run(...inputs), seconds, 5);
    times.sort((a, b) => a - b);
    const ms = median(times);
    return {
      event: "bench",
      workload: workload.name,
      peer: "convkit",
      threads: device.threads,
      imagesPerSecond: rounded((workload.batch * 1000) / ms),
      ms: rounded(ms),
      minMs: rounded(times[0]),
      reps: times.length,
      firstMs: rounded(firstMs),
      peakMB: peakMB(),
      revectorizer: device.capabilities.revectorizer.on,
    };
  } finally {
    await device.dispose();
  }
}

interface Prepared {
  readonly run: Compiled<Tensor>;
  readonly inputs: readonly HostTensor[];
}

async function prepare({ task, model, batch }: Workload, device: WasmDevice): Promise<Prepared> {
  // LeNet-5 was made for digits padded to 32×32; today's MNIST files have 28×28, and the padding is its own.
  const inputShape = model === "lenet5" ? [1, 28, 28] : undefined;
  const { net, info, ...made } = await createModel(model, { ...(inputShape && { inputShape }) });
  initialize(net, made.inputShape, { seed: 0 });
  const images = imagesOf([batch, ...made.inputShape]);
  if (task === "predict") {
    const run = compile((x: Tensor) => net.call(x, { training: false }), { device });
    return { run, inputs: [images] };
  }
  const { classes } = made;
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7) % classes);
  const optimizer = sgd({ lr: 0.01, momentum: 0.9 });
  // Dropout draws by this key.
  const key: HostTensor = { shape: [2], dtype: "i32", data: Int32Array.of(1, 2) };
  const step = (x: Tensor, y: Tensor, k: Tensor) => {
    const output = net.call(x, { training: true, key: k });
    const loss = lossOf(output, y, classes, { loss: info.loss });
    optimizer.step(loss, parameters(net));
    return loss;
  };
  return {
    run: compile(step, { device, batched: [true, true, false] }),
    inputs: [images, { shape: [batch], dtype: "i32", data: labels }, key],
  };
}

/** Uniform with variance 1, as prepared pictures have it. */
function imagesOf(shape: readonly number[]): HostTensor {
  const random = new Random(0, "bench");
  const scale = Math.sqrt(3);
  const data = Float32Array.from({ length: sizeOf(shape) }, () =>
    random.uniformRange(-scale, scale),
  );
  return { shape, dtype: "f32", data };
}

/** Milliseconds of each run, for so many seconds and at least so often. */
async function repeat(run: () => Promise<unknown>, seconds: number, least: number) {
  const times: number[] = [];
  const start = performance.now();
  while (times.length < least || performance.now() - start < seconds * 1000) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return times;
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** MiB of the whole process. From Linux itself: its other count begins with the size of the parent. */
function peakMB(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Math.round(Number(line[1]) / 1024);
  } catch {
    // No /proc on this system.
  }
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
