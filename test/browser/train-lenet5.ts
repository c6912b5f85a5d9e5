/** The same training for Node and for the page: lenet5 on glyphs. It imports the package as its users do. */
import {
  adam,
  compile,
  createModel,
  crossEntropy,
  type Device,
  data,
  glyphs,
  nn,
  tensor,
} from "convkit";

/** Losses of so many steps. */
export async function trainLenet5(device: Device, steps: number): Promise<number[]> {
  const { train } = glyphs({ train: 640, test: 1, seed: 0 });
  const { net } = await createModel("lenet5", { inputShape: train.shape });
  nn.initialize(net, train.shape, { seed: 0 });
  const optimizer = adam({ lr: 3e-3 });
  const step = compile(
    (x, y) => {
      const loss = crossEntropy(net.call(x, { training: true }), y);
      optimizer.step(loss, nn.parameters(net));
      return loss;
    },
    { device, capacity: 64 },
  );
  const loader = new data.Loader(train, { batch: 64, seed: 0 });
  const losses: number[] = [];
  for (let epoch = 0; losses.length < steps; epoch++) {
    for await (const { n, images, labels } of loader.batches(epoch)) {
      const x = tensor(images.subarray(0, n * 28 * 28), [n, ...train.shape]);
      losses.push((await step(x, tensor(labels.subarray(0, n)))).data[0]);
      if (losses.length === steps) break;
    }
  }
  step.dispose();
  return losses;
}
