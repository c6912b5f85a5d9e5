import { describe, expect, test } from "vitest";
import { createModel } from "../../models/index.ts";
import { relu } from "../../nn/activation/relu.ts";
import { conv2d } from "../../nn/convolution/conv2d.ts";
import { initialize, traceNetwork } from "../../nn/initialize.ts";
import { linear } from "../../nn/linear/linear.ts";
import { namedModules } from "../../nn/parameters.ts";
import { globalAvgPool2d } from "../../nn/pooling/global-avg-pool2d.ts";
import { flatten } from "../../nn/structure/flatten.ts";
import { sequential } from "../../nn/structure/sequential.ts";
import { compile, openDevice } from "../../tensor/index.ts";
import { featureExtractor, headModules } from "./features.ts";

async function made(name: string, size: number) {
  const { net, inputShape } = await createModel(name, { inputShape: [3, size, size], classes: 7 });
  return { net: initialize(net, inputShape), inputShape };
}

/** Of the zoo: how many features, as papers and timm's `num_features` have them, and where the head is. */
const known: readonly [name: string, size: number, width: number, head: readonly string[]][] = [
  ["resnet18", 64, 512, ["fc"]],
  ["squeezenet1_1", 64, 512, ["classifier.1"]],
  ["mobilenet_v2", 64, 1280, ["classifier.1"]],
  ["mobilenet_v3_small", 64, 576, ["classifier.0", "classifier.3"]],
  ["densenet121", 64, 1024, ["classifier"]],
  ["efficientnet_b0", 64, 1280, ["classifier.1"]],
  ["convnext_tiny", 64, 768, ["classifier.2"]],
  ["vit_tiny_patch16_224", 224, 192, ["heads.head"]],
  ["swin_t", 64, 768, ["head"]],
  ["googlenet", 64, 1024, ["aux1", "aux2", "fc"]],
];

describe.each(known)("%s", (name, size, width, head) => {
  test(`has ${width} features in front of ${head.at(-1)}`, async () => {
    const { net, inputShape } = await made(name, size);
    const { output } = traceNetwork(featureExtractor(net, inputShape), inputShape);
    expect(output.shape).toEqual([1, width]);
    const paths = new Map(namedModules(net).map(([path, module]) => [module, path]));
    const found = headModules(net, inputShape).map((module) => paths.get(module) as string);
    // Auxiliary classifiers are of several layers.
    expect([...new Set(found.map((path) => path.replace(/^(aux\d).*/, "$1")))].sort()).toEqual(
      head,
    );
  });
});

const small = () =>
  initialize(
    sequential(conv2d(4, { kernel: 3 }), relu(), globalAvgPool2d(), linear(5), relu(), linear(2)),
    [3, 8, 8],
  );

test("all layers behind the last map are the head", () => {
  const net = small();
  expect(headModules(net, [3, 8, 8])).toHaveLength(2);
  expect(traceNetwork(featureExtractor(net, [3, 8, 8]), [3, 8, 8]).output.shape).toEqual([1, 4]);
});

test("a map that is flattened is read as it is", () => {
  const net = initialize(
    sequential(conv2d(4, { kernel: 3 }), relu(), flatten(), linear(2)),
    [1, 5, 5],
  );
  expect(traceNetwork(featureExtractor(net, [1, 5, 5]), [1, 5, 5]).output.shape).toEqual([1, 36]);
});

test("a layer's map is averaged, and its name is checked", async () => {
  const net = small();
  const extractor = featureExtractor(net, [3, 8, 8], { layer: "0" });
  const device = await openDevice({ threads: 1 });
  const shape = [1, 3, 8, 8];
  const data = Float32Array.from({ length: 192 }, (_, i) => Math.sin(i));
  const run = compile((x) => extractor.call(x, { training: false }), { device });
  const features = await run({ shape, dtype: "f32", data });
  expect(features.shape).toEqual([1, 4]);
  // Averages before the activation are negative, too.
  expect(Math.min(...features.data)).toBeLessThan(0);
  run.dispose();
  device.dispose();
  expect(() => featureExtractor(net, [3, 8, 8], { layer: "10" })).toThrow('no layer "10"');
});

test("a network without weights has no features", () => {
  const net = sequential(relu(), globalAvgPool2d());
  expect(() => featureExtractor(net, [3, 8, 8])).toThrow("no layer with weights");
});
