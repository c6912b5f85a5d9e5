/**
 * ConvNetJS (Karpathy 2014): one image at a time, in doubles, on one thread. It has neither batch normalisation
 * nor a sum of two branches, so LeNet is all it can express. A step is a batch of calls; its trainer updates
 * after as many.
 */
import { createRequire } from "node:module";
import type { Layer } from "../networks.ts";
import { images, job, labels, measure, versionOf } from "./measure.ts";

const { Net, SGDTrainer, Vol } = createRequire(import.meta.url)("convnetjs");

/** Its activations belong to the layer before, and its last layer to the softmax. */
function definitions(layers: readonly Layer[]) {
  const [channels, height, width] = job.input;
  const rows: Record<string, unknown>[] = [
    { type: "input", out_sx: width, out_sy: height, out_depth: channels },
  ];
  layers.forEach((layer, i) => {
    const activation = layers[i + 1]?.kind === "relu" ? { activation: "relu" } : {};
    if (layer.kind === "conv") {
      const { kernel, out, stride, padding } = layer;
      rows.push({ type: "conv", sx: kernel, filters: out, stride, pad: padding, ...activation });
    } else if (layer.kind === "maxPool") {
      rows.push({ type: "pool", sx: layer.size, stride: layer.size });
    } else if (layer.kind === "linear") {
      const last = i === layers.length - 1;
      rows.push(
        last
          ? { type: "softmax", num_classes: layer.out }
          : { type: "fc", num_neurons: layer.out, ...activation },
      );
    } else if (layer.kind !== "relu" && layer.kind !== "flatten") {
      throw new Error(`ConvNetJS has no ${layer.kind}`);
    }
  });
  return rows;
}

const net = new Net();
net.makeLayers(definitions(job.layers));
const options = { learning_rate: 0.01, momentum: 0.9, batch_size: job.batch, l2_decay: 0 };
const trainer = new SGDTrainer(net, options);

const [channels, height, width] = job.input;
const size = channels * height * width;
const all = images();
const volumes = Array.from({ length: job.batch }, (_, i) => {
  const volume = new Vol(width, height, channels, 0);
  volume.w.set(all.subarray(i * size, (i + 1) * size));
  return volume;
});
const classes = labels();

function step(): number | undefined {
  if (job.task === "predict") {
    for (const volume of volumes) net.forward(volume, false);
    return undefined;
  }
  let loss = 0;
  volumes.forEach((volume, i) => {
    loss += trainer.train(volume, classes[i]).cost_loss;
  });
  return loss / volumes.length;
}

const parameters = net
  .getParamsAndGrads()
  .reduce((sum: number, { params }: { params: ArrayLike<number> }) => sum + params.length, 0);
await measure({ version: versionOf("convnetjs"), parameters, step });
