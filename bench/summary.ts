/**
 * How long it takes to open a model of the zoo and take it apart, from a warm start on: `node bench/summary.ts convnext_xlarge`.
 * The least of five times, of the clock and of this thread.
 */
import { peakMemory } from "../src/backends/wasm/peak.ts";
import { summary } from "../src/models/index.ts";
import { traceNetwork } from "../src/nn/initialize.ts";
import { openModel } from "../src/train/node.ts";

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ["resnet50", "efficientnet_b7", "convnext_xlarge"]) {
  const times: [wall: number, cpu: number][] = [];
  for (let i = 0; i < 5; i++) {
    const [begun, before] = [performance.now(), process.cpuUsage()];
    const { net, inputs } = await openModel(name);
    summary(net, inputs);
    const { builder, output } = traceNetwork(net, inputs);
    peakMemory(builder.build([output]));
    const { user, system } = process.cpuUsage(before);
    times.push([performance.now() - begun, (user + system) / 1000]);
  }
  const ms = (of: 0 | 1) => Math.round(Math.min(...times.map((time) => time[of])));
  console.log(
    `${name}: first ${Math.round(times[0][0])} ms, least ${ms(0)} ms, ${ms(1)} ms of all threads`,
  );
}
