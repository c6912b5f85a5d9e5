/**
 * Architectures against PyTorch's own: states' names and shapes, outputs, and the norm of every parameter's gradient, with
 * weights by the formula of test/golden/models/zoo.py, on wasm. The small cases run in every suite, the others in `npm run test:slow`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { grad } from "../src/autodiff/grad.ts";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { fnv1a } from "../src/core/fnv1a.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { createModel } from "../src/models/index.ts";
import type { ModelRequest } from "../src/models/model.ts";
import * as nn from "../src/nn/index.ts";
import { takeOutputs } from "../src/nn/named-outputs.ts";
import { compile } from "../src/tensor/index.ts";
import { relativeError } from "./reference-store.ts";

interface Tree {
  readonly [part: string]: number | Tree;
}

interface Golden {
  /** Where it is not the case's name. */
  readonly model?: string;
  readonly input: Shape;
  readonly classes: number;
  readonly gain: number;
  readonly slow: boolean;
  readonly request: Partial<ModelRequest>;
  /** Of all states' names and shapes. */
  readonly states: number;
  readonly parameters: number;
  readonly output: Shape;
  readonly values: readonly number[];
  readonly gradients: Tree;
  /** Outputs in training mode, `values` and those beside it, by name. */
  readonly training?: Readonly<Record<string, readonly number[]>>;
}

const folder = join(import.meta.dirname, "golden/models");

export const goldenModels: readonly (readonly [name: string, golden: Golden])[] = readdirSync(
  folder,
)
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, Golden>),
  );

const TOLERANCE = 1e-4;
/** Batch norms over few values magnify rounding: PyTorch's own single precision is off by 1e-4 in Inception v3. */
const TRAINING_TOLERANCE = 1e-3;

export function describeZoo(slow: boolean): void {
  describe("architectures against PyTorch", async () => {
    const device = await wasmDevice({ threads: 2 });
    afterAll(() => device.dispose());

    for (const [name, golden] of goldenModels.filter(([, { slow: isSlow }]) => isSlow === slow)) {
      test(name, { timeout: 300_000 }, async () => {
        const net = await filledModel(name, golden);
        const { input, output, values, gradients, training } = golden;
        const x = tensorOf(input, noise("input", sizeOf(input)));
        const target = tensorOf(output, noise("target", sizeOf(output)));

        const run = compile(evaluation(net), { device, capacity: input[0] });
        const { output: y, ...norms } = await run(x, target);
        run.dispose();
        expect(y.shape).toEqual(output);
        expect(relativeError(kept(y.data), values), "output").toBeLessThan(TOLERANCE);
        const names = nn.namedParameters(net).map(([path]) => path);
        const used = names.filter((path) => leaf(gradients, path) !== undefined);
        const expected = used.map((path) => leaf(gradients, path) as number);
        const largest = Math.max(...expected);
        const wrong = used.flatMap((path, i) => {
          const found = norms[path].data[0];
          const error = Math.abs(found - expected[i]);
          const isRight = error <= TOLERANCE * expected[i] + 1e-6 * largest;
          return isRight ? [] : [`${path}: |gradient| is ${found}, expected ${expected[i]}`];
        });
        expect(wrong).toEqual([]);

        if (training) {
          const step = compile(trainingOutputs(net), {
            device,
            capacity: input[0],
            batched: [true, false],
          });
          const found = await step(x, { shape: [2], dtype: "i32", data: Int32Array.of(0, 0) });
          step.dispose();
          expect(Object.keys(found)).toEqual(Object.keys(training));
          for (const [key, numbers] of Object.entries(training)) {
            const error = relativeError(kept(found[key].data), numbers);
            expect(error, `${key} in training`).toBeLessThan(TRAINING_TOLERANCE);
          }
        }
        for (const { parameter } of nn.namedStates(net).map(([, state]) => state)) {
          parameter.release();
        }
      });
    }
  });
}

/** The model with the golden's weights; its states are compared by name and shape on the way. */
async function filledModel(name: string, golden: Golden): Promise<nn.Module> {
  const { model = name, input, classes, gain, request, states, parameters } = golden;
  const inputShape = input.slice(1);
  const { net } = await createModel(model, {
    dropRate: 0,
    dropPathRate: 0,
    ...request,
    inputShape,
    classes,
  });
  nn.initialize(net, inputShape);
  const own = nn.namedStates(net).filter(([, { parameter }]) => parameter.dtype === "f32");
  const lines = own.map(([path, { parameter }]) => `${path} ${parameter.shape.join("x")}`).sort();
  if (hashOf(lines.join("\n")) !== states) {
    throw new Error(`${name} has other states than PyTorch's:\n${lines.join("\n")}`);
  }
  expect(nn.parameters(net).reduce((sum, { size }) => sum + size, 0)).toBe(parameters);
  for (const [path, { parameter }] of own) parameter.write(filled(path, parameter.shape, gain));
  return net;
}

/** The output, and by the paths of the parameters the norms of the gradients of Σ output · target. */
const evaluation =
  (net: nn.Module) =>
  (x: Tensor, target: Tensor): Record<string, Tensor> => {
    const output = net.call(x, { training: false });
    const named = nn.namedParameters(net);
    const wrt = named.map(([, parameter]) => x.builder.state(parameter));
    const gradients = grad(output.mul(target).sum(), wrt);
    return {
      output,
      ...Object.fromEntries(named.map(([path], i) => [path, gradients[i].square().sum().sqrt()])),
    };
  };

const trainingOutputs =
  (net: nn.Module) =>
  (x: Tensor, key: Tensor): Record<string, Tensor> => {
    const values = net.call(x, { training: true, key });
    const others = takeOutputs(x.builder).map(({ name, tensor }) => [name, tensor] as const);
    return { values, ...Object.fromEntries(others) };
  };

const tensorOf = (shape: Shape, values: Float64Array) => ({
  shape,
  dtype: "f32" as const,
  data: Float32Array.from(values),
});

/** At most 64 values, evenly spaced, as the script keeps them. */
function kept(values: ArrayLike<number>): number[] {
  const count = Math.min(64, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)]);
}

function leaf(tree: Tree, path: string): number | undefined {
  let at: number | Tree | undefined = tree;
  for (const part of path.split(".")) at = (at as Tree | undefined)?.[part];
  return at as number | undefined;
}

const hashOf = (text: string): number => fnv1a(new TextEncoder().encode(text));

/** Numbers in [−1, 1): the finaliser of MurmurHash3 over seed and place. A hundred million of them are asked for. */
export function noise(name: string, count: number): Float64Array {
  const seed = hashOf(name);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    numbers[i] = ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return numbers;
}

/** A state's value: see test/golden/models/zoo.py. */
export function filled(path: string, shape: Shape, gain = 1): Float64Array {
  const u = noise(path, sizeOf(shape));
  const last = path.split(".").at(-1) as string;
  if (last === "running_var") return u.map((v) => 1 + 0.25 * v);
  if (last === "layer_scale" || last === "gamma") return u.map((v) => 0.3 + 0.1 * v);
  if (shape.length < 2) return u.map((v) => Number(last === "weight") + 0.1 * v);
  const bound = gain * Math.sqrt(6 / sizeOf(shape.slice(1)));
  for (let i = 0; i < u.length; i++) u[i] *= bound;
  return u;
}
