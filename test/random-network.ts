/**
 * Networks drawn from a seed, for comparing backends: convolutions of every kind, batch norm, residuals, the
 * epilogues that kernels fuse, pooling and linear layers, with the gradients of all weights and of the images.
 */
import { grad } from "../src/autodiff/grad.ts";
import { Random } from "../src/core/random.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Attrs, Graph } from "../src/graph/node.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { ops } from "./op-cases.ts";

export interface RandomNetwork {
  readonly graph: Graph;
  /** What the layers are, for the test's title. */
  readonly layers: readonly string[];
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** Values of the inputs for n images. */
  inputs(n: number): RefArray[];
}

export interface Drawn {
  readonly layers: readonly string[];
  readonly output: Tensor;
}

const CHANNELS = [1, 3, 5, 16, 17, 33] as const;
const ACTIVATIONS = ["relu", "leakyRelu", "sigmoid", "tanh", "silu", "gelu", "softplus"] as const;

/** Multiplications of one image that the reference is asked for in one layer. */
const MOST_MACS = 30_000;

export function randomNetwork(seed: number, capacity: number): RandomNetwork {
  return new Draft(seed, capacity).finish();
}

class Draft {
  readonly #random: Random;
  readonly #builder: Builder;
  readonly #capacity: number;
  readonly #inputs: { tensor: Tensor; scale: number; shift: number }[] = [];
  readonly #layers: string[] = [];
  readonly #seed: number;

  constructor(seed: number, capacity: number) {
    this.#random = new Random(seed, "network");
    this.#builder = new Builder(ops, capacity);
    this.#capacity = capacity;
    this.#seed = seed;
  }

  finish(): RandomNetwork {
    const random = this.#random;
    const size = () => 4 + random.int(5);
    let x = this.#input("x", [this.#capacity, this.#pick(CHANNELS), size(), size()], 1, true);
    const depth = 2 + random.int(2);
    for (let i = 0; i < depth; i++) x = this.#stage(x);
    if (random.int(2)) x = this.#pool(x);
    x = this.#linear(this.#dense(x), 1 + random.int(20), random.int(2) === 1);
    x = this.#linear(x, 1 + random.int(12), false);
    const ct = this.#input("ct", x.shape, 1, true);
    const loss = x.mul(ct).sum();
    const wrt = this.#inputs.map(({ tensor }) => tensor).filter((tensor) => tensor !== ct);
    const gradients = grad(loss, wrt);
    const graph = this.#builder.build([x, ...gradients]);
    const names = ["y", ...wrt.map(({ node }) => `d${node.attrs.name}`)];
    return { graph, layers: this.#layers, names, inputs: (n) => this.#values(n) };
  }

  #values(n: number): RefArray[] {
    return this.#inputs.map(({ tensor, scale, shift }, i) => {
      const random = new Random(this.#seed, `values ${i}`);
      const shape = tensor.batched ? [n, ...tensor.shape.slice(1)] : tensor.shape;
      const draw = () => Math.fround(shift + scale * random.normal());
      return { shape, data: Float64Array.from({ length: sizeOf(shape) }, draw) };
    });
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.int(choices.length)];
  }

  #input(name: string, shape: Shape, scale: number, batched = false, shift = 0): Tensor {
    const tensor = this.#builder.input(name, { shape, dtype: "f32", batched });
    this.#inputs.push({ tensor, scale, shift });
    return tensor;
  }

  #weight(shape: Shape, fan: number): Tensor {
    return this.#input(`w${this.#inputs.length}`, shape, Math.sqrt(2 / fan));
  }

  /** A convolution and what follows it: bias, batch norm, a residual, an activation, each or not. */
  #stage(x: Tensor): Tensor {
    const random = this.#random;
    let y = random.int(5) === 0 ? this.#transposed(x) : this.#convolution(x);
    const channels = y.shape[1];
    const perChannel = (shift: number) =>
      this.#input(`b${this.#inputs.length}`, [channels], 0.3, false, shift);
    const follow = random.int(3);
    if (follow === 1) {
      this.#layers.push("bias");
      y = y.add(perChannel(0).reshape(channels, 1, 1));
    } else if (follow === 2) {
      this.#layers.push("batchNorm");
      y = this.#builder.apply("batchNorm", [y, perChannel(1), perChannel(0)]);
    }
    if (y.shape.join() === x.shape.join() && random.int(4) > 0) {
      this.#layers.push("residual");
      y = y.add(x);
    }
    return random.int(4) > 0 ? this.#activation(y) : y;
  }

  #convolution(x: Tensor): Tensor {
    const random = this.#random;
    const [, channels, height, width] = x.shape;
    for (;;) {
      const same = random.int(3) === 0;
      const kernel = same ? [3, 3] : [this.#pick([1, 2, 3, 5]), this.#pick([1, 3, 5])];
      const filters = same ? channels : this.#pick(CHANNELS);
      const groups = random.int(3) ? 1 : this.#pick([1, channels]);
      const stride = same ? [1, 1] : [1 + random.int(2), 1 + random.int(2)];
      const dilation = same ? [1, 1] : [this.#pick([1, 1, 2]), this.#pick([1, 1, 2])];
      const padding = same ? [1, 1, 1, 1] : [0, 1, 2, 3].map(() => random.int(3));
      const flip = random.int(6) === 0;
      const out = [0, 1].map((i) =>
        Math.floor(
          ([height, width][i] +
            padding[2 * i] +
            padding[2 * i + 1] -
            dilation[i] * (kernel[i] - 1) -
            1) /
            stride[i] +
            1,
        ),
      );
      const weight = [filters, channels / groups, ...kernel];
      const macs = sizeOf(weight) * out[0] * out[1];
      if (filters % groups !== 0 || Math.min(...out) < 1 || macs > MOST_MACS) continue;
      const attrs = { stride, padding, dilation, groups, flip };
      this.#describe("conv2d", `${channels}→${filters} of ${kernel.join("×")}`, attrs);
      const w = this.#weight(weight, sizeOf(weight.slice(1)));
      return this.#builder.apply("conv2d", [x, w], attrs);
    }
  }

  #transposed(x: Tensor): Tensor {
    const random = this.#random;
    const [, channels, height, width] = x.shape;
    for (;;) {
      const filters = this.#pick(CHANNELS);
      const kernel = [this.#pick([1, 2, 3]), this.#pick([2, 3])];
      const stride = [1 + random.int(2), 1 + random.int(2)];
      const padding = random.int(2);
      const attrs = { stride, padding, outputPadding: stride.map((s) => random.int(s)) };
      const weight = [channels, filters, ...kernel];
      const out = [0, 1].map(
        (i) =>
          ([height, width][i] - 1) * stride[i] - 2 * padding + kernel[i] + attrs.outputPadding[i],
      );
      if (Math.min(...out) < 1 || sizeOf(weight) * height * width > MOST_MACS) continue;
      this.#describe("convTranspose2d", `${channels}→${filters} of ${kernel.join("×")}`, attrs);
      const w = this.#weight(weight, (channels * sizeOf(kernel)) / sizeOf(stride));
      return this.#builder.apply("convTranspose2d", [x, w], attrs);
    }
  }

  #pool(x: Tensor): Tensor {
    const op = this.#pick(["maxPool2d", "avgPool2d"]);
    const kernel = x.shape.slice(2).map((size) => Math.min(size, 1 + this.#random.int(3)));
    this.#describe(op, kernel.join("×"), {});
    return this.#builder.apply(op, [x], {
      kernel,
      stride: kernel.map(() => 1 + this.#random.int(2)),
    });
  }

  /** To rows of features: all of them, or a mean a channel. */
  #dense(x: Tensor): Tensor {
    if (this.#random.int(3) === 0) {
      this.#layers.push("mean");
      return x.mean([2, 3]);
    }
    this.#layers.push("flatten");
    return x.flatten();
  }

  #linear(x: Tensor, outputs: number, activated: boolean): Tensor {
    this.#layers.push(`linear ${x.shape[1]}→${outputs}`);
    const w = this.#weight([outputs, x.shape[1]], x.shape[1]);
    const y = this.#builder.apply("linear", [x, w]);
    const biased = this.#random.int(3)
      ? y.add(this.#input(`b${this.#inputs.length}`, [outputs], 0.3))
      : y;
    return activated ? this.#activation(biased) : biased;
  }

  #activation(x: Tensor): Tensor {
    // Half of them ReLU, which most networks use and kernels know best.
    const name = this.#random.int(2) ? "relu" : this.#pick(ACTIVATIONS);
    this.#layers.push(name);
    return this.#builder.apply(name, [x]);
  }

  #describe(op: string, what: string, attrs: Attrs): void {
    const told = Object.entries(attrs).filter(
      ([, value]) => ![value].flat().every((v) => v === 1 || v === false),
    );
    this.#layers.push([op, what, ...told.map(([name, value]) => `${name} ${value}`)].join(" "));
  }
}
