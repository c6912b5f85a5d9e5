/** Figure N20: the network of ConvNetJS's CIFAR-10 page, as the page trains it and by momentum. */
import { adadelta, compile, createModel, losses, nn, openDevice, sgd, summary } from "convkit";
import { afterAll, expect, test } from "vitest";
import { Random } from "../src/core/random.ts";
import { recipeOf } from "../src/train/recipes.ts";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

const name = "convnetjs-cifar";

test("figure N20: three rounds of convolution by 5 and pooling, of 16, 20 and 20 maps, and ten scores", async () => {
  const { net, info } = await createModel(name);
  const { layers, parameters } = summary(net, info.inputShape);
  const weighted = layers.filter((layer) => layer.parameters > 0);
  const shapes = layers.map(({ outputShape }) => outputShape.slice(1).join("×"));
  const printed = ["16×32×32", "16×16×16", "20×16×16", "20×8×8", "20×8×8", "20×4×4", "10"];
  let at = -1;
  for (const shape of printed) {
    at = shapes.indexOf(shape, at + 1);
    expect(at, shape).toBeGreaterThanOrEqual(0);
  }
  const filter = (inputs: number, maps: number) => (25 * inputs + 1) * maps;
  const counts = [filter(3, 16), filter(16, 20), filter(20, 20), (320 + 1) * 10];
  expect(weighted.map((layer) => layer.parameters)).toEqual(counts);
  expect(parameters).toBe(counts.reduce((a, b) => a + b));
});

test("figure N20: Adadelta, batches of 4, an L2 penalty of 1e-4, flips and shifts of up to 2 pixels by default", () => {
  const { batch, optimizer, augmentation } = recipeOf(name);
  expect({ batch, augmentation }).toEqual({
    batch: 4,
    augmentation: [{ name: "randomHorizontalFlip" }, { name: "randomCrop", padding: 2 }],
  });
  expect(optimizer).toMatchObject({ name: "adadelta", weightDecay: 1e-4 });
});

test.each([
  ["Adadelta", () => adadelta({ lr: 1, rho: 0.95, weightDecay: 1e-4 })],
  ["SGD with momentum", () => sgd({ lr: 0.01, momentum: 0.9, weightDecay: 1e-4 })],
] as const)("figure N20: %s learns four pictures by heart", async (_, makeOptimizer) => {
  const { net, info } = await createModel(name);
  nn.initialize(net, info.inputShape, { seed: 1 });
  const optimizer = makeOptimizer();
  const step = compile(
    (x, y) => {
      const loss = losses.crossEntropy(net.call(x, { training: true }), y);
      optimizer.step(loss, nn.parameters(net));
      return { loss };
    },
    { device },
  );
  const random = new Random(1);
  const data = Float32Array.from({ length: 4 * 3 * 32 * 32 }, () => random.uniform() - 0.5);
  const x = { shape: [4, 3, 32, 32], dtype: "f32" as const, data };
  const y = { shape: [4], dtype: "i32" as const, data: Int32Array.of(3, 1, 4, 1) };
  let loss = 0;
  for (let i = 0; i < 120; i++) loss = (await step(x, y)).loss.data[0];
  expect(loss).toBeLessThan(0.1);
});
