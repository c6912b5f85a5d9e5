/** convkit's side of bench/data-loading.ts: epochs of batches, timed after a first one; one line of JSON. */
import { parseTransforms } from "../../src/augment/settings.ts";
import { openBatches } from "../../src/data/index.ts";
import { storedDataset } from "../../src/data/node.ts";
import type { LoadingAnswer, LoadingJob } from "../data-loading.ts";

const { files, batch, epochs, workers, cacheBytes } = JSON.parse(process.argv[2]) as LoadingJob;
const dataset = storedDataset({
  name: "photos",
  classes: ["photo"],
  shape: [3, 224, 224],
  labels: new Int32Array(files.length),
  files: files.map((path) => ({ name: path, path })),
});
const source = await openBatches(dataset, {
  ...{ batch, workers, cacheBytes, seed: 0 },
  preprocessing: {
    ...{ channels: 3, height: 224, width: 224, scale: 1 / 255 },
    ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  augmentation: parseTransforms("randomResizedCrop+randomHorizontalFlip"),
});
const cpu = () => process.cpuUsage().user + process.cpuUsage().system;
let [begun, spent, images] = [0, 0, 0];
let checksum = 0;
for (let epoch = 0; epoch <= epochs; epoch++) {
  if (epoch === 1) [begun, spent, images] = [performance.now(), cpu(), 0];
  for await (const { n, images: values } of source.batches(epoch)) {
    images += n;
    checksum += values[values.length >> 1];
  }
}
const answer: LoadingAnswer = {
  imagesPerSecond: (1000 * images) / (performance.now() - begun),
  cpuMs: (cpu() - spent) / 1000 / images,
  peakMB: process.resourceUsage().maxRSS / 1024,
};
source.dispose();
if (!Number.isFinite(checksum)) throw new Error("the batches hold no numbers");
console.log(JSON.stringify(answer));
