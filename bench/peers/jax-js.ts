/**
 * jax-js on its WebAssembly backend. In Node it runs on one thread: its worker pool wants a browser's Worker.
 * Passing an array to one of its functions consumes it, and `.ref` keeps it. The variant `noJit` runs the same
 * functions without its `jit`.
 */
import * as jax from "@jax-js/jax";
import type { Layer } from "../networks.ts";
import { images, job, labels, measure, uniform, versionOf } from "./measure.ts";

const { numpy: np, lax, nn } = jax;
type Array = jax.Array;
type Parameters = Record<string, Array>;
/** Consumes x, keeps the parameters. */
type Apply = (p: Parameters, x: Array) => Array;

let count = 0;
const initial: Parameters = {};

function parameter(shape: number[], scale: number, fill?: number): string {
  const size = shape.reduce((a, b) => a * b);
  const name = `p${Object.keys(initial).length}`;
  const values =
    fill === undefined ? uniform(size, scale, count) : new Float32Array(size).fill(fill);
  initial[name] = np.array(values).reshape(shape);
  count += size;
  return name;
}

const sides = (padding: number): [number, number][] => [
  [padding, padding],
  [padding, padding],
];

function build(layer: Layer): Apply {
  switch (layer.kind) {
    case "conv": {
      const { in: inputs, out, kernel, stride, padding } = layer;
      const scale = 1 / Math.sqrt(kernel * kernel * inputs);
      const w = parameter([out, inputs, kernel, kernel], scale);
      const b = layer.bias ? parameter([1, out, 1, 1], 0, 0) : undefined;
      return (p, x) => {
        const y = lax.convGeneralDilated(x, p[w].ref, [stride, stride], sides(padding));
        return b ? y.add(p[b].ref) : y;
      };
    }
    case "batchNorm": {
      const gain = parameter([1, layer.channels, 1, 1], 0, 1);
      const bias = parameter([1, layer.channels, 1, 1], 0, 0);
      if (job.task === "predict") {
        const mean = np.zeros([1, layer.channels, 1, 1]);
        const variance = np.ones([1, layer.channels, 1, 1]);
        return (p, x) => {
          const scale = p[gain].ref.div(np.sqrt(variance.ref.add(1e-5)));
          return x.sub(mean.ref).mul(scale).add(p[bias].ref);
        };
      }
      return (p, x) => {
        const centred = x.ref.sub(np.mean(x, [0, 2, 3], { keepdims: true }));
        const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
        return centred.mul(p[gain].ref.div(np.sqrt(variance.add(1e-5)))).add(p[bias].ref);
      };
    }
    case "linear": {
      const w = parameter([layer.in, layer.out], 1 / Math.sqrt(layer.in));
      const b = parameter([1, layer.out], 0, 0);
      return (p, x) => np.matmul(x, p[w].ref).add(p[b].ref);
    }
    case "residual": {
      const body = chain(layer.body);
      const half = layer.grow / 2;
      return (p, x) => {
        const y = body(p, x.ref);
        const short = layer.stride > 1 ? every(x, layer.stride) : x;
        const grown = layer.grow > 0 ? np.pad(short, [[0, 0], [half, half], ...sides(0)]) : short;
        return nn.relu(y.add(grown));
      };
    }
    case "maxPool":
      return (_, x) =>
        lax.reduceWindow(x, np.max, [layer.size, layer.size], [layer.size, layer.size]);
    case "relu":
      return (_, x) => nn.relu(x);
    case "flatten":
      return (_, x) => x.reshape([x.shape[0], -1]);
    case "globalMaxPool":
      return (_, x) => np.max(x, [2, 3]);
    case "globalAveragePool":
      return (_, x) => np.mean(x, [2, 3]);
  }
}

/** Every `stride`-th row and column. Slices have no step: split the axes, and take the first of each group. */
function every(x: Array, stride: number): Array {
  const [n, c, h, w] = x.shape;
  return x.reshape([n, c, h / stride, stride, w / stride, stride]).slice([], [], [], 0, [], 0);
}

function chain(layers: readonly Layer[]): Apply {
  const built = layers.map(build);
  return (p, x) => built.reduce((value, apply) => apply(p, value), x);
}

// Without an argument init() reaches for `navigator` parts that Node lacks.
if (!(await jax.init("wasm")).includes("wasm")) throw new Error("jax-js has no wasm backend here");
jax.defaultDevice("wasm");
const jit: typeof jax.jit = job.variant === "noJit" ? (((f: unknown) => f) as never) : jax.jit;

const network = chain(job.layers);
const x = np.array(images()).reshape([job.batch, ...job.input]);
const hot = new Float32Array(job.batch * job.classes);
labels().forEach((label, i) => {
  hot[i * job.classes + label] = 1;
});
const y = np.array(hot).reshape([job.batch, job.classes]);

const release = (p: Parameters) => {
  for (const array of Object.values(p)) array.dispose();
};

// Mean over the batch of −Σ y·log softmax(z)
const gradient = jax.valueAndGrad((p: Parameters, images: Array, targets: Array) => {
  const logarithms = nn.logSoftmax(network(p, images), -1);
  release(p);
  return np.sum(logarithms.mul(targets)).mul(-1 / job.batch);
});

// m ← 0.9·m + g,  p ← p − 0.01·m
const update = jit((p: Parameters, m: Parameters, images: Array, targets: Array) => {
  const [loss, g] = gradient(jax.tree.ref(p), images, targets);
  const [nextP, nextM]: [Parameters, Parameters] = [{}, {}];
  for (const name of Object.keys(p)) {
    const momentum = m[name].mul(0.9).add(g[name]);
    nextM[name] = momentum.ref;
    nextP[name] = p[name].sub(momentum.mul(0.01));
  }
  return [nextP, nextM, loss] as [Parameters, Parameters, Array];
});
const forward = jit((p: Parameters, images: Array) => {
  const logits = network(p, images);
  release(p);
  return logits;
});

let p = initial;
let m: Parameters = Object.fromEntries(
  Object.entries(initial).map(([name, array]) => [name, np.zeros(array.shape)]),
);

async function step(): Promise<number | undefined> {
  if (job.task === "predict") {
    const logits = forward(jax.tree.ref(p), x.ref);
    await logits.data();
    return undefined;
  }
  const [nextP, nextM, loss] = update(p, m, x.ref, y.ref);
  [p, m] = [nextP, nextM];
  const [value] = await loss.data();
  await jax.blockUntilReady([p, m]);
  return value;
}

await measure({ version: versionOf("@jax-js/jax"), parameters: count, step });
process.exit(0);
