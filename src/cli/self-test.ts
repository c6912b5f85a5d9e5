/**
 * A small program on a device and on the reference: convolution, bias, ReLU, sum of squares, its gradients and
 * an update of the weights. Once with 16 pictures, where lanes hold pictures, and once with one, where they hold
 * channels. The error is max|a − b| / max|b| over the results.
 */
import { grad } from "../autodiff/grad.ts";
import { Random } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { compile, type Device, type HostTensor, openDevice, type Tensor } from "../tensor/index.ts";

/** f32 sums of some hundred products. */
export const TOLERANCE = 1e-4;

export interface SelfTest {
  readonly passed: boolean;
  readonly error: number;
  readonly ms: number;
  /** Which part was worst, when it failed. */
  readonly fault: string | null;
}

export async function selfTest(device: Device): Promise<SelfTest> {
  const start = performance.now();
  const reference = await openDevice({ backend: "reference" });
  let error = 0;
  let fault: string | null = null;
  for (const batch of [16, 1]) {
    const inputs = inputsOf(batch);
    const [found, expected] = await Promise.all(
      [device, reference].map((on) => compile(program, { device: on, batched })(...inputs)),
    );
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      const here = errorOf(found[name], expected[name]);
      if (here <= error) continue;
      error = here;
      if (!(error <= TOLERANCE))
        fault = `${name} of ${batch} ${batch === 1 ? "picture" : "pictures"}`;
    }
  }
  await reference.dispose();
  return { passed: fault === null, error, ms: Math.round(performance.now() - start), fault };
}

const batched = [true, false, false];

const program = (x: Tensor, w: Tensor, b: Tensor) => {
  const { builder } = x;
  const sums = builder.apply("conv2d", [x, w], { padding: 1 }).add(b.reshape(b.size, 1, 1));
  const y = builder.apply("relu", [sums]);
  const loss = y.mul(y).sum();
  const [input, weight, bias] = grad(loss, [x, w, b]);
  return { y, loss, input, weight, bias };
};

function inputsOf(batch: number): HostTensor[] {
  const random = new Random(0, "self-test");
  const make = (...shape: Shape): HostTensor => ({
    shape,
    dtype: "f32",
    data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  });
  return [make(batch, 5, 9, 11), make(7, 5, 3, 3), make(7)];
}

/** Infinite where a value is NaN. */
function errorOf(a: HostTensor, b: HostTensor): number {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < b.data.length; i++) {
    const here = Math.abs(a.data[i] - b.data[i]);
    difference = Number.isNaN(here) ? Number.POSITIVE_INFINITY : Math.max(difference, here);
    largest = Math.max(largest, Math.abs(b.data[i]));
  }
  return difference / largest;
}
