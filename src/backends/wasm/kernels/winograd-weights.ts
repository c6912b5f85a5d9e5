/**
 * U = G g Gᵀ for each pair of channels: 3×3 weights as the 36 factors of Winograd's products, `[36][O][C]`.
 * For the input gradient the kernel is turned by 180°; who reads U swaps its axes.
 */
import type { Node } from "../../../graph/node.ts";
import { br_if, type Code, f32x4, i32, type Local, loop, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";

/** Bytes from point to point; a cache line more than the matrix, or 36 stores would meet in one cache set. */
export const pointStride = (filters: number, channels: number): number =>
  Math.ceil((filters * channels * 4) / 64) * 64 + 64;

/** Rows of G applied to three vectors (Lavin and Gray 2015, section 4.3). */
function rowsOfG([a, b, c]: readonly Code[], fn: { local(type: "v128"): Local }) {
  const [even, small] = [fn.local("v128"), fn.local("v128")];
  const times = (k: number, v: Code): Code => f32x4.mul(f32x4.const(k), v);
  const before: Code[] = [
    even.set(f32x4.add(a, c)),
    small.set(f32x4.add(times(1 / 24, a), times(1 / 6, c))),
  ];
  const rows: Code[] = [
    times(1 / 4, a),
    times(-1 / 6, f32x4.add(even.get(), b)),
    times(-1 / 6, f32x4.sub(even.get(), b)),
    f32x4.add(small.get(), times(1 / 12, b)),
    f32x4.sub(small.get(), times(1 / 12, b)),
    c,
  ];
  return { before, rows };
}

export function emitWinogradWeights(target: Target, w: Node, turned: boolean): KernelStep {
  const { pointer } = target;
  const p = pointer.type;
  const [filters, channels] = w.shape;
  const pointFloats = pointStride(filters, channels) / 4;
  const size = 36 * pointFloats;
  const id = target.temporary({
    layout: { lanes: false, order: [0, 1, 2], strides: [pointFloats, channels, 1], size },
    type: { shape: [36, filters, channels], dtype: "f32", batched: false },
  });
  const tap = channels * 4;
  // Four input channels at a time; a last odd few one by one.
  const func = kernelFunction(
    target,
    ({ fn, chunk }) => {
      const [from, to] = fn.locals(p, 2);
      const channel = fn.local("i32");
      const g = Array.from({ length: 9 }, () => fn.local("v128"));
      const half = Array.from({ length: 18 }, () => fn.local("v128"));
      const transform = (store: (point: number, value: Code) => Code): Code[] => {
        const kernel = (ky: number, kx: number): Code =>
          g[turned ? (2 - ky) * 3 + 2 - kx : ky * 3 + kx].get();
        return [
          [0, 1, 2].map((kx) => {
            const { before, rows: sums } = rowsOfG(
              [0, 1, 2].map((ky) => kernel(ky, kx)),
              fn,
            );
            return [before, sums.map((sum, i) => half[i * 3 + kx].set(sum))];
          }),
          [0, 1, 2, 3, 4, 5].map((i) => {
            const row = [0, 1, 2].map((kx) => half[i * 3 + kx].get());
            const { before, rows: sums } = rowsOfG(row, fn);
            return [before, sums.map((sum, j) => store(i * 6 + j, sum))];
          }),
        ];
      };
      const point = pointFloats * 4;
      const steps = (lanes: 1 | 4): Code[] => [
        g.map((v, k) =>
          v.set(
            lanes === 4 ? v128.load(from.get(), k * tap) : v128.load32_splat(from.get(), k * tap),
          ),
        ),
        transform((k, sum) => {
          if (lanes === 1) return v128.store32_lane(to.get(), sum, 0, k * point);
          return v128.store(to.get(), sum, k * point);
        }),
        from.set(pointer.add(from.get(), pointer.const(lanes * 4))),
        to.set(pointer.add(to.get(), pointer.const(lanes * 4))),
        channel.set(i32.add(channel.get(), i32.const(lanes))),
      ];
      const whole = channels - (channels % 4);
      const filterAt = pointer.mul(pointer.from32(chunk.get()), pointer.const(channels * 4));
      return [
        from.set(
          pointer.add(
            target.address(w.id),
            pointer.mul(pointer.from32(chunk.get()), pointer.const(9 * tap)),
          ),
        ),
        to.set(pointer.add(target.address(id), filterAt)),
        channel.set(i32.const(0)),
        whole > 0 ? loop([steps(4), br_if(0, i32.lt_u(channel.get(), i32.const(whole)))]) : [],
        whole < channels
          ? loop([steps(1), br_if(0, i32.lt_u(channel.get(), i32.const(channels)))])
          : [],
      ];
    },
    "winograd weights",
  );
  return {
    func,
    split: "range",
    chunks: filters,
    reads: [w.id],
    writes: [id],
    label: "winograd weights",
  };
}
