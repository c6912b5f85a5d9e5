/**
 * Loads a file of weights into ResNet-50, in a process of its own, and prints how many bytes that took at most, and how many
 * are held in arrays: `node weight-memory.ts FILE host`, or `device` for values that go straight there.
 */
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { readStateDict } from "../src/formats/state-dict-node.ts";
import { loadWeights } from "../src/models/load-weights.ts";
import { make } from "../src/models/resnet.ts";
import { initialize } from "../src/nn/initialize.ts";
import { namedStates } from "../src/nn/parameters.ts";

const [, , file, place] = process.argv;
const inputShape = [3, 224, 224];
const { net } = make({ name: "resnet50", inputShape, classes: 1000 });
initialize(net, inputShape);
const device = await wasmDevice({ threads: 1 });
const before = process.memoryUsage.rss();
await loadWeights(net, await readStateDict(file), place === "device" ? { device } : {});
const peak = process.resourceUsage().maxRSS * 1024 - before;
const held = process.memoryUsage().arrayBuffers;
for (const [, { parameter }] of namedStates(net)) parameter.on(device);
const left = process.memoryUsage().arrayBuffers;
await device.dispose();
console.log(JSON.stringify({ peak, held, left }));
