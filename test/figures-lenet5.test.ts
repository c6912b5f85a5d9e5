/**
 * N3: LeNet-5 as published (LeCun et al. 1998, Proc. IEEE 86(11), section II.B): trainable subsampling, the partial connection
 * table, and Euclidean units with fixed centres for an output.
 */
import { adamW, compile, createModel, glyphs, losses, nn, openDevice, tensor } from "convkit";
import { afterAll, expect, test } from "vitest";

const device = await openDevice({ threads: 2 });
afterAll(() => device.dispose());

const { net, info } = await createModel("lenet5_1998");

test("figure N3: LeNet-5 of 1998 has exactly 60,000 trainable parameters", () => {
  nn.initialize(net, info.inputShape, { seed: 0 });
  const sizes: Record<string, number> = {};
  for (const [name, { size }] of nn.namedParameters(net)) {
    const [layer] = name.split(".");
    sizes[layer] = (sizes[layer] ?? 0) + size;
  }
  expect(sizes).toEqual({ c1: 156, s2: 12, c3: 1516, s4: 32, c5: 48_120, f6: 10_164 });
  expect(Object.values(sizes).reduce((a, b) => a + b)).toBe(60_000);
});

test("figure N3: it learns digits, the nearest code telling the class", async () => {
  const { train } = glyphs({ train: 640, test: 10, seed: 1 });
  nn.initialize(net, info.inputShape, { seed: 0 });
  const optimizer = adamW({ lr: 3e-3 });
  const step = compile(
    (x, y) => {
      const images = x.builder.apply("pad", [x], { before: [0, 0, 2, 2], after: [0, 0, 2, 2] });
      const scores = net.call(images, { training: true });
      const loss = losses.crossEntropy(scores, y);
      optimizer.step(loss, nn.parameters(net));
      return { loss, right: scores.argmax(1).eq(y).to("f32").mean() };
    },
    { device },
  );
  const size = 28 * 28;
  let right = 0;
  for (let epoch = 0; epoch < 10; epoch++) {
    right = 0;
    for (let start = 0; start < 640; start += 64) {
      const pixels = train.images.subarray(start * size, (start + 64) * size);
      const images = tensor(
        Float32Array.from(pixels, (v) => v / 127.5 - 1),
        [64, 1, 28, 28],
      );
      const labels = tensor(Int32Array.from(train.labels.subarray(start, start + 64)), [64]);
      right += (await step(images, labels)).right.data[0] / 10;
    }
  }
  expect(right).toBeGreaterThan(0.8);
});
