/**
 * Makes networks.json: networks whose layers are called twice, have several inputs and outputs, or are networks, with
 * TensorFlow.js' weights, inputs and outputs. Run with the peers of the benchmark installed:
 * `npm --prefix bench ci --ignore-scripts && node src/formats/layers-model/golden/make-networks.js`.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(import.meta.dirname, "../../../../bench/package.json"));
const tf = require("@tensorflow/tfjs");
await tf.setBackend("cpu");

const { input, layers, model, sequential } = tf;
const image = [5, 4, 3];
const features = () => {
  const x = input({ shape: image });
  const y = layers
    .globalAveragePooling2d({})
    .apply(layers.conv2d({ filters: 3, kernelSize: 3 }).apply(x));
  return model({ inputs: x, outputs: layers.softmax({}).apply(y), name: "features" });
};

function twoEnds() {
  const [picture, row] = [
    input({ shape: image, name: "picture" }),
    input({ shape: [3], name: "row" }),
  ];
  const conv = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" });
  const first = layers.conv2d({ filters: 3, kernelSize: 1 }).apply(picture);
  const both = layers.concatenate().apply([conv.apply(picture), conv.apply(first)]);
  const pooled = layers.dense({ units: 4 }).apply(layers.globalAveragePooling2d({}).apply(both));
  const sum = layers.add().apply([pooled, layers.dense({ units: 4 }).apply(row)]);
  const scores = layers.dense({ units: 2, activation: "softmax" }).apply(sum);
  return model({ inputs: [picture, row], outputs: [scores, sum] });
}

function twins() {
  const [a, b] = [input({ shape: image }), input({ shape: image })];
  const both = features();
  const joined = layers.concatenate().apply([both.apply(a), both.apply(b)]);
  return model({
    inputs: [a, b],
    outputs: layers.dense({ units: 2, activation: "softmax" }).apply(joined),
  });
}

function innerWithTwoInputs() {
  const [p, q] = [input({ shape: [5] }), input({ shape: [5] })];
  const gated = layers.dense({ units: 3 }).apply(layers.multiply().apply([p, q]));
  const gate = model({ inputs: [p, q], outputs: gated });
  const x = input({ shape: [5] });
  return model({ inputs: x, outputs: gate.apply([x, layers.dense({ units: 5 }).apply(x)]) });
}

function threeTimes() {
  const x = input({ shape: [4] });
  const layer = layers.dense({ units: 4, activation: "tanh" });
  return model({ inputs: x, outputs: layer.apply(layer.apply(layer.apply(x))) });
}

function chains() {
  const inner = sequential();
  inner.add(layers.conv2d({ filters: 4, kernelSize: 3, inputShape: image }));
  inner.add(layers.flatten());
  const outer = sequential();
  outer.add(inner);
  outer.add(layers.dense({ units: 3 }));
  return outer;
}

const networks = {
  "several inputs and outputs, a layer called twice": twoEnds(),
  "a network called twice within another": twins(),
  "a network of two inputs within another": innerWithTwoInputs(),
  "a layer called three times, the last": threeTimes(),
  "a chain within a chain": chains(),
};

const wave = (shape, phase) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => Math.sin(1.7 * i * i + 0.3 * i + phase)),
    shape,
  );
};

const golden = {};
for (const [name, network] of Object.entries(networks)) {
  network.setWeights(network.weights.map(({ shape }, place) => wave(shape, place).mul(0.5)));
  const inputs = network.inputs.map(({ shape }, place) => wave([2, ...shape.slice(1)], place));
  const outputs = [network.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
  let saved;
  await network.save({
    save: async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: {} };
    },
  });
  golden[name] = {
    modelTopology: saved.modelTopology,
    weightSpecs: saved.weightSpecs,
    weights: Buffer.from(saved.weightData).toString("base64"),
    inputs: inputs.map(({ shape }) => shape),
    outputs: outputs.map((y) => Array.from(y.dataSync(), (value) => Number(value.toPrecision(7)))),
  };
}
writeFileSync(join(import.meta.dirname, "networks.json"), `${JSON.stringify(golden)}\n`);
