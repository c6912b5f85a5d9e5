/** TensorFlow.js on its plain JavaScript backend, which alone can train convolutions in Node with nothing downloaded besides. */
import * as tf from "@tensorflow/tfjs";
import type { Layer } from "../networks.ts";
import { images, job, labels, measure, uniform } from "./measure.ts";

type Apply = (x: tf.Tensor) => tf.Tensor;
const variables: tf.Variable[] = [];

function parameter(shape: number[], scale: number, fill?: number): tf.Variable {
  const size = shape.reduce((a, b) => a * b);
  const values =
    fill === undefined ? uniform(size, scale, variables.length) : new Float32Array(size).fill(fill);
  const variable = tf.variable(tf.tensor(values, shape));
  variables.push(variable);
  return variable;
}

/** Axes are in tfjs' own order: images, rows, columns, channels. */
function build(layer: Layer): Apply {
  switch (layer.kind) {
    case "conv": {
      const { in: inputs, out, kernel, stride, padding } = layer;
      const w = parameter([kernel, kernel, inputs, out], 1 / Math.sqrt(kernel * kernel * inputs));
      const b = layer.bias ? parameter([out], 0, 0) : undefined;
      return (x) => {
        const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding);
        return b ? tf.add(y, b) : y;
      };
    }
    case "batchNorm": {
      const gain = parameter([layer.channels], 0, 1) as tf.Tensor1D;
      const bias = parameter([layer.channels], 0, 0) as tf.Tensor1D;
      const still = { mean: tf.zeros([layer.channels]), variance: tf.ones([layer.channels]) };
      return (x) => {
        const { mean, variance } = job.task === "train" ? tf.moments(x, [0, 1, 2]) : still;
        return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, bias, gain, 1e-5);
      };
    }
    case "linear": {
      const w = parameter([layer.in, layer.out], 1 / Math.sqrt(layer.in));
      const b = parameter([layer.out], 0, 0);
      return (x) => tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b);
    }
    case "residual": {
      const body = chain(layer.body);
      const half = layer.grow / 2;
      const pad: [number, number][] = [...Array(3).fill([0, 0]), [half, half]];
      return (x) => {
        // Pooling a window of one pixel takes every stride-th; a strided slice has no gradient here.
        const short = layer.stride > 1 ? tf.avgPool(x as tf.Tensor4D, 1, layer.stride, 0) : x;
        return tf.relu(tf.add(body(x), layer.grow > 0 ? tf.pad(short, pad) : short));
      };
    }
    case "maxPool":
      return (x) => tf.maxPool(x as tf.Tensor4D, layer.size, layer.size, 0);
    case "relu":
      return tf.relu;
    case "flatten":
      return (x) => tf.reshape(x, [x.shape[0], -1]);
    case "globalMaxPool":
      return (x) => tf.max(x, [1, 2]);
    case "globalAveragePool":
      return (x) => tf.mean(x, [1, 2]);
  }
}

function chain(layers: readonly Layer[]): Apply {
  const built = layers.map(build);
  return (x) => built.reduce((value, apply) => apply(value), x);
}

await tf.setBackend("cpu");
const [channels, height, width] = job.input;
const network = chain(job.layers);
const x = tf.tensor(images(), [job.batch, height, width, channels]);
const y = tf.oneHot(tf.tensor1d(labels(), "int32"), job.classes);
const optimizer = tf.train.momentum(0.01, 0.9);

async function step(): Promise<number | undefined> {
  if (job.task === "predict") {
    const logits = tf.tidy(() => network(x));
    await logits.data();
    logits.dispose();
    return undefined;
  }
  // Mean over the batch of −Σ y·log softmax(z)
  const cost = () => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(network(x))), -1))) as tf.Scalar;
  const loss = optimizer.minimize(cost, true, variables) as tf.Scalar;
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

const parameters = variables.reduce((sum, { size }) => sum + size, 0);
await measure({ version: tf.version.tfjs, parameters, step });
