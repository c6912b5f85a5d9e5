/**
 * Makes layers.json: networks of one or a few layers with TensorFlow.js' weights, an input and its output. Run with the peers
 * of the benchmark installed: `npm --prefix bench ci --ignore-scripts && node src/formats/layers-model/golden/make-layers.js`.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(import.meta.dirname, "../../../../bench/package.json"));
const tf = require("@tensorflow/tfjs");
await tf.setBackend("cpu");

const { layers } = tf;
const image = [6, 5, 4];
const chain = (shape, ...list) => {
  const input = tf.input({ shape });
  const output = list.reduce((x, layer) => layer.apply(x), input);
  return tf.model({ inputs: input, outputs: output });
};
/** Two branches of one input that `join` takes. */
const joined = (join) => {
  const input = tf.input({ shape: image });
  const branches = [1, 3].map((kernelSize) =>
    layers.conv2d({ filters: 3, kernelSize, padding: "same" }).apply(input),
  );
  return tf.model({ inputs: input, outputs: join.apply(branches) });
};

const conv = (options) => layers.conv2d({ filters: 3, kernelSize: 3, ...options });

const models = {
  "conv2d same stride 2": chain(image, conv({ padding: "same", strides: 2, activation: "relu" })),
  "conv2d dilated": chain(image, conv({ dilationRate: [2, 1], useBias: false })),
  "depthwise, multiplier 2": chain(
    image,
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same", strides: 2 }),
  ),
  separable: chain(
    image,
    layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, activation: "tanh" }),
  ),
  "transposed valid": chain(
    image,
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }),
  ),
  "transposed same": chain(
    image,
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }),
  ),
  "transposed same, kernel 4": chain(
    image,
    layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: "same" }),
  ),
  "transposed same, kernel 1": chain(
    image,
    layers.conv2dTranspose({ filters: 3, kernelSize: 1, strides: 2, padding: "same" }),
  ),
  "transposed valid, kernel 1": chain(
    image,
    layers.conv2dTranspose({ filters: 3, kernelSize: 1, strides: 3 }),
  ),
  conv1d: chain([7, 3], layers.conv1d({ filters: 4, kernelSize: 3, activation: "sigmoid" })),
  "conv1d same": chain([7, 3], layers.conv1d({ filters: 4, kernelSize: 4, padding: "same" })),
  "dense on images": chain(image, layers.dense({ units: 3 })),
  "dense on tokens": chain([4, 3], layers.dense({ units: 5, activation: "elu" })),
  "batch norm": chain(image, layers.batchNormalization({ momentum: 0.9 })),
  "batch norm without scale": chain(image, layers.batchNormalization({ scale: false })),
  "layer norm": chain([4, 6], layers.layerNormalization()),
  "layer norm of images": chain(image, layers.layerNormalization()),
  "max pool same": chain(image, layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" })),
  "average pool same": chain(
    image,
    layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
  ),
  "average pool": chain(image, layers.averagePooling2d({ poolSize: [2, 3], strides: 1 })),
  "global max pool": chain(image, layers.globalMaxPooling2d({})),
  "global average pool": chain(image, layers.globalAveragePooling2d({})),
  "flatten and dense": chain(
    image,
    layers.flatten(),
    layers.dense({ units: 3, activation: "softmax" }),
  ),
  reshape: chain(
    image,
    layers.reshape({ targetShape: [5, 4, 6] }),
    layers.flatten(),
    layers.dense({ units: 2 }),
  ),
  "reshape to tokens": chain(image, layers.reshape({ targetShape: [30, 4] })),
  permute: chain(image, layers.permute({ dims: [3, 1, 2] })),
  "pad and crop": chain(
    image,
    layers.zeroPadding2d({
      padding: [
        [1, 0],
        [2, 3],
      ],
    }),
    layers.cropping2D({
      cropping: [
        [0, 2],
        [1, 1],
      ],
    }),
  ),
  upsampling: chain(image, layers.upSampling2d({ size: [2, 3] })),
  "relu with a threshold": chain(image, layers.thresholdedReLU({ theta: 0.4 })),
  "leaky relu": chain(image, layers.leakyReLU({ alpha: 0.2 })),
  prelu: chain(image, layers.prelu({ alphaInitializer: "randomNormal" })),
  "prelu, shared": chain(
    image,
    layers.prelu({ alphaInitializer: "randomNormal", sharedAxes: [1, 2] }),
  ),
  relu6: chain(image, layers.reLU({ maxValue: 0.6 })),
  "softmax of pixels": chain(image, layers.softmax({ axis: 3 })),
  activations: chain(
    image,
    ...["elu", "selu", "softplus", "softsign", "hardSigmoid", "swish", "tanh"].map((activation) =>
      layers.activation({ activation }),
    ),
  ),
  concatenate: joined(layers.concatenate()),
  "concatenate rows": joined(layers.concatenate({ axis: 1 })),
  add: joined(layers.add()),
  average: joined(layers.average()),
  maximum: joined(layers.maximum()),
  minimum: joined(layers.minimum()),
  multiply: joined(layers.multiply()),
  "dropout and noise": chain(
    image,
    layers.dropout({ rate: 0.5 }),
    layers.gaussianNoise({ stddev: 1 }),
    layers.spatialDropout1d ? layers.dropout({ rate: 0.1 }) : layers.dropout({ rate: 0.1 }),
  ),
};

const wave = (shape, phase) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => Math.sin(1.7 * i * i + 0.3 * i + phase)),
    shape,
  );
};

const rounded = (values) => Array.from(values, (value) => Number(value.toPrecision(7)));

const golden = {};
for (const [name, model] of Object.entries(models)) {
  model.setWeights(
    model.weights.map(({ shape, name: weight }, place) => {
      const w = wave(shape, place);
      return weight.includes("variance") ? w.square().add(0.5) : w.mul(0.5);
    }),
  );
  const shape = [2, ...model.inputs[0].shape.slice(1)];
  const output = model.predict(wave(shape, 0.5));
  let saved;
  await model.save({
    save: async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: {} };
    },
  });
  golden[name] = {
    modelTopology: saved.modelTopology,
    weightSpecs: saved.weightSpecs,
    weights: Buffer.from(saved.weightData).toString("base64"),
    input: shape,
    output: output.shape,
    values: rounded(output.dataSync()),
  };
}
writeFileSync(join(import.meta.dirname, "layers.json"), `${JSON.stringify(golden)}\n`);
