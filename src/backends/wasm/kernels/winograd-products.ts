/**
 * The 36 matrix products over channels of a Winograd convolution (see winograd.ts), in register tiles of
 * 6 channels × 16 images.
 */
import { br_if, type Code, call, f32x4, i32, loop, v128 } from "../assembler.ts";
import type { Target } from "../target.ts";
import { balancedTiles, multiplyAdd } from "./lane-conv.ts";
import { POINTS, type Sizes, VECTOR } from "./winograd-sizes.ts";

/** (scratch, tiles): M[k][t][o] = Σ c: U[k][o][c] · V[k][t][c], a tile of weights for all tiles in turn. */
export function emitProducts(target: Target, s: Sizes, weights: number): number {
  const { pointer } = target;
  const p = pointer.type;
  const tiles = balancedTiles(s.filters, 6);
  const functions = new Map<number, number>();
  for (const { rows } of tiles) functions.set(rows, emitProductTile(target, s, rows));
  const { vPoint, mPoint, weightStride } = s;
  return target.writer.func(
    undefined,
    [p, "i32"],
    [],
    (fn) => {
      const [scratch, count] = [fn.param(0), fn.param(1)];
      const [v, m, u] = fn.locals(p, 3);
      const [k, o, t] = fn.locals("i32", 3);
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      return [
        k.set(i32.const(0)),
        u.set(target.address(weights)),
        v.set(scratch.get()),
        m.set(pointer.add(scratch.get(), pointer.const(POINTS * vPoint))),
        loop([
          tiles.map(({ first, rows, count: turns }) => [
            o.set(i32.const(first)),
            loop([
              t.set(i32.const(0)),
              loop([
                call(
                  functions.get(rows) as number,
                  pointer.add(v.get(), mul(t.get(), s.channels * VECTOR)),
                  pointer.add(u.get(), mul(o.get(), weightStride.o)),
                  pointer.add(
                    m.get(),
                    pointer.add(mul(t.get(), s.filters * VECTOR), mul(o.get(), VECTOR)),
                  ),
                ),
                br_if(0, i32.lt_u(t.tee(i32.add(t.get(), i32.const(1))), count.get())),
              ]),
              br_if(
                0,
                i32.lt_u(o.tee(i32.add(o.get(), i32.const(rows))), i32.const(first + rows * turns)),
              ),
            ]),
          ]),
          u.set(pointer.add(u.get(), pointer.const(weightStride.point))),
          v.set(pointer.add(v.get(), pointer.const(vPoint))),
          m.set(pointer.add(m.get(), pointer.const(mPoint))),
          br_if(0, i32.lt_u(k.tee(i32.add(k.get(), i32.const(1))), i32.const(POINTS))),
        ]),
      ];
    },
    "winograd products",
  );
}

/** (V, U, M): `rows` filters × 16 images of one tile at one point. */
function emitProductTile(target: Target, s: Sizes, rows: number): number {
  const { pointer, tileVectors } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p],
    [],
    (fn) => {
      const [v, u, m] = [0, 1, 2].map((i) => fn.param(i));
      const [from, weights, end] = fn.locals(p, 3);
      const accumulators = Array.from({ length: rows }, () => fn.locals("v128", tileVectors));
      const inputs = fn.locals("v128", tileVectors);
      const weight = fn.local("v128");
      const unroll = [4, 3, 2].find((n) => s.channels % n === 0) ?? 1;
      const pass = (half: number): Code[] => {
        const lane = half * tileVectors * 16;
        const step = (n: number): Code[] => [
          inputs.map((x, j) => x.set(v128.load(from.get(), n * VECTOR + lane + j * 16))),
          accumulators.map((row, r) => [
            weight.set(
              v128.load32_splat(weights.get(), r * s.weightStride.o + n * s.weightStride.i),
            ),
            row.map((acc, j) =>
              acc.set(multiplyAdd(target, weight.get(), inputs[j].get(), acc.get())),
            ),
          ]),
        ];
        return [
          accumulators.flat().map((acc) => acc.set(f32x4.const(0))),
          from.set(v.get()),
          weights.set(u.get()),
          end.set(pointer.add(v.get(), pointer.const(s.channels * VECTOR))),
          loop([
            Array.from({ length: unroll }, (_, n) => step(n)),
            from.set(pointer.add(from.get(), pointer.const(unroll * VECTOR))),
            weights.set(pointer.add(weights.get(), pointer.const(unroll * s.weightStride.i))),
            br_if(0, pointer.lt_u(from.get(), end.get())),
          ]),
          accumulators.map((row, r) =>
            row.map((acc, j) => v128.store(m.get(), acc.get(), r * VECTOR + lane + j * 16)),
          ),
        ];
      };
      return Array.from({ length: 4 / tileVectors }, (_, half) => pass(half));
    },
    `winograd tile ${rows}`,
  );
}
