/**
 * A network of one's own learns the built-in digits and reads one of them.
 *
 *     node --conditions=convkit-source examples/digits.ts        in a clone
 */
import { adamW, glyphs, nn, train } from "convkit";

const net = nn.sequential(
  ...[nn.conv2d(6, { kernel: 5, padding: 2 }), nn.relu(), nn.maxPool2d(2)], // channels are inferred
  ...[nn.conv2d(16, { kernel: 5 }), nn.relu(), nn.maxPool2d(2)],
  ...[nn.flatten(), nn.linear(120), nn.relu(), nn.linear(84), nn.relu(), nn.linear(10)],
);

const data = glyphs({ train: 8000, test: 1000 });
const run = await train(net, { data, epochs: 3, optimizer: adamW({ lr: 2e-3 }) });
console.log(`right on ${(100 * run.accuracy).toFixed(1)} % of new digits`);

const digit = { width: 28, height: 28, channels: 1 as const, data: data.test.images.slice(0, 784) };
const { label, probability } = await run.predict(digit);
console.log(`this is a ${label} (${(100 * probability).toFixed(1)} %)`);
