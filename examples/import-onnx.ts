/**
 * A network from an ONNX file learns another task: its last layer is replaced by a fresh one, it is trained on, and written
 * as ONNX again, with its new classes inside. Here digits become even and odd ones.
 *
 *     node --conditions=convkit-source examples/import-onnx.ts        in a clone
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adamW, type data, glyphs, openModel, train, writeOnnx } from "convkit/node";

const folder = await mkdtemp(join(tmpdir(), "convkit-"));
const at = (name: string) => join(folder, name);

// The file that somebody else might have made, with PyTorch or another tool.
const digits = glyphs({ train: 4000, test: 1000 });
const teacher = await train("lenet5", { data: digits, epochs: 3, optimizer: adamW({ lr: 2e-3 }) });
await writeOnnx(at("teacher.onnx"), teacher.net, { inputShape: [1, 28, 28] });
console.log(`teacher.onnx: ${(await openModel(at("teacher.onnx"))).classes} scores`);

const parity = (set: data.Dataset): data.Dataset => ({
  ...set,
  classes: ["even", "odd"],
  labels: set.labels.map((digit) => digit % 2),
});
const opened = await openModel(at("teacher.onnx"), { classes: 2, logits: true });
const run = await train(opened, {
  data: { train: parity(digits.train), test: parity(digits.test) },
  epochs: 4,
  optimizer: adamW({ lr: 1e-3 }),
});
console.log(`right on ${(100 * run.accuracy).toFixed(1)} % of new digits`);

const { inputShape, classes } = run.card;
await writeOnnx(at("student.onnx"), run.net, { inputShape, classes });
const student = await openModel(at("student.onnx"));
console.log(`student.onnx: ${student.classes} scores, ${student.labels?.join(", ")}`);
await rm(folder, { recursive: true });
