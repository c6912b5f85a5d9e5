/**
 * Winograd's minimal filtering F(4×4, 3×3) with the batch in the lanes (Lavin and Gray 2015,
 * arXiv:1509.09308, section 4.3): 36 products for 16 results of a 3×3 convolution instead of 144.
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * With images in the lanes the transforms are plain elementwise code, and the products are 36 matrix
 * products over channels, done by the register tile of `lane-conv.ts`:
 *
 *     weights:  U[36][O][C] = G g Gᵀ, once a run
 *     for group of 4×4 tiles in the block:
 *       V[36][tile][C][16] = Bᵀ d B
 *       M[36][tile][O][16] = U · V
 *       result = Aᵀ M A
 *
 * Serves the forward convolution and, with the kernel turned and its channels swapped, the input gradient.
 * The relative error is about 1e-5, against 1e-6 of the direct sum.
 */
import type { Node } from "../../../graph/node.ts";
import type { ConvolutionAttrs } from "../../../ops/convolution.ts";
import type { SpecialKernel } from "../../../plan/kernels.ts";
import {
  br_if,
  type Code,
  call,
  f32x4,
  i32,
  if_,
  type Local,
  loop,
  memory,
  v128,
} from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { blockStep, epilogueOf, inLanes } from "./conv2d.ts";
import { balancedTiles, emitFinish, multiplyAdd } from "./lane-conv.ts";
import { emitWinogradWeights, pointStride } from "./winograd-weights.ts";

const VECTOR = 64;
/** Points of the transform: 6 × 6. */
const POINTS = 36;
/** Below this the transforms cost more than the products they save. */
const FEWEST_CHANNELS = 32;
/** Scratch for V and M that a group of tiles should fill. */
const GROUP_BYTES = 1 << 20;

export function acceptsWinograd(node: Node): boolean {
  const [x, w] = node.inputs;
  if (!inLanes(node) || !inLanes(x) || w.batched || node.attrs.flip === true) return false;
  const { stride, dilation, groups, padding } = node.attrs as unknown as ConvolutionAttrs;
  const [filters, channels, kernelHeight, kernelWidth] = w.shape;
  const plain = [...stride, ...dilation, groups].every((one) => one === 1);
  const whole = node.shape[2] % 4 === 0 && node.shape[3] % 4 === 0;
  return (
    plain &&
    kernelHeight === 3 &&
    kernelWidth === 3 &&
    whole &&
    padding.every((side) => side <= 2) &&
    Math.min(filters, channels) >= FEWEST_CHANNELS
  );
}

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly out: readonly [number, number];
  /** Input row and column of the first result's window. */
  readonly origin: readonly [number, number];
  readonly tilesX: number;
  readonly tiles: number;
  /** Tiles done together. */
  readonly group: number;
  /** Bytes from point to point in V and M; a line more than the data, so that 36 streams spread over the cache. */
  readonly vPoint: number;
  readonly mPoint: number;
  /** Bytes in U from one result channel, input channel and point to the next. */
  readonly weightStride: { readonly o: number; readonly i: number; readonly point: number };
}

export function emitWinograd(target: Target, kernel: SpecialKernel): KernelStep[] {
  const { core } = kernel;
  const [x, w] = core.inputs;
  const { padding } = core.attrs as unknown as ConvolutionAttrs;
  const turned = core.op === "conv2dInputGrad";
  const [, channels, height, width] = x.shape;
  const filters = core.shape[1];
  const out = [core.shape[2], core.shape[3]] as const;
  const tilesX = out[1] / 4;
  const tiles = (out[0] / 4) * tilesX;
  const fits = Math.floor(GROUP_BYTES / (POINTS * (channels + filters) * VECTOR));
  const group = Math.min(tiles, Math.max(4, fits));
  const point = pointStride(w.shape[0], w.shape[1]);
  const row = w.shape[1] * 4;
  const sizes: Sizes = {
    height,
    width,
    channels,
    filters,
    out,
    // the gradient's padding is what completes the kernel: k − 1 − p
    origin: turned ? [padding[0] - 2, padding[2] - 2] : [-padding[0], -padding[2]],
    tilesX,
    tiles,
    group,
    vPoint: (group * channels + 1) * VECTOR,
    mPoint: (group * filters + 1) * VECTOR,
    weightStride: turned ? { o: 4, i: row, point } : { o: row, i: 4, point },
  };
  const weights = emitWinogradWeights(target, w, turned);
  const id = weights.writes[0];
  const func = emitBlock(target, kernel, sizes, id);
  const scratch = POINTS * (sizes.vPoint + sizes.mPoint + channels * VECTOR + VECTOR) + 64;
  return [
    weights,
    { ...blockStep(kernel, func, { reads: [id], label: `${core.op} winograd` }), scratch },
  ];
}

/** (block, images, scratch): V, M, one padded patch and a 6×6 of vectors lie in the scratch, in this order. */
function emitBlock(target: Target, kernel: SpecialKernel, s: Sizes, weights: number): number {
  const { pointer } = target;
  const p = pointer.type;
  const { core, node } = kernel;
  const x = core.inputs[0].id;
  const patchBytes = POINTS * s.channels * VECTOR;
  const vBytes = POINTS * s.vPoint;
  const mBytes = POINTS * s.mPoint;
  const input = emitInputTransform(target, s);
  const output = emitOutputTransform(target, s);
  const products = emitProducts(target, s, weights);
  const epilogue = epilogueOf(kernel);
  const finish = epilogue && emitFinish(target, { epilogue, output: node.id }, core.op);
  return kernelFunction(
    target,
    ({ fn, chunk, images, scratch }) => {
      const [inBlock, outBlock, patch, from] = fn.locals(p, 4);
      const [first, count, t, y, x0, row, column, py, px] = fn.locals("i32", 9);
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const perBlock = (id: number): Code =>
        mul(chunk.get(), target.place(id).layout.strides[0] * 4);
      const up = (counter: Local, limit: Code): Code =>
        br_if(0, i32.lt_s(counter.tee(i32.add(counter.get(), i32.const(1))), limit));
      const rowBytes = s.width * s.channels * VECTOR;
      const pixelBytes = s.channels * VECTOR;
      const tileAt = i32.add(first.get(), t.get());
      const origin = (axis: 0 | 1, tile: Code): Code =>
        i32.add(i32.mul(tile, i32.const(4)), i32.const(s.origin[axis]));
      const signed = (v: Code): Code => (p === "i32" ? v : [v, 0xac]);
      const inside = i32.and(
        i32.and(i32.ge_s(y.get(), i32.const(0)), i32.le_s(y.get(), i32.const(s.height - 6))),
        i32.and(i32.ge_s(x0.get(), i32.const(0)), i32.le_s(x0.get(), i32.const(s.width - 6))),
      );
      const pixelIn = i32.and(
        i32.lt_u(i32.add(y.get(), row.get()), i32.const(s.height)),
        i32.lt_u(i32.add(x0.get(), column.get()), i32.const(s.width)),
      );
      const pixel = pointer.add(
        inBlock.get(),
        pointer.add(
          pointer.mul(signed(i32.add(y.get(), row.get())), pointer.const(rowBytes)),
          pointer.mul(signed(i32.add(x0.get(), column.get())), pointer.const(pixelBytes)),
        ),
      );
      // At the border the 6×6 window is copied with zeros around it.
      const copyPatch: Code = [
        row.set(i32.const(0)),
        from.set(patch.get()),
        loop([
          column.set(i32.const(0)),
          loop([
            if_(
              pixelIn,
              memory.copy(from.get(), pixel, pointer.const(pixelBytes)),
              memory.fill(from.get(), i32.const(0), pointer.const(pixelBytes)),
            ),
            from.set(pointer.add(from.get(), pointer.const(pixelBytes))),
            up(column, i32.const(6)),
          ]),
          up(row, i32.const(6)),
        ]),
      ];
      const temporary = pointer.add(patch.get(), pointer.const(patchBytes));
      const vTile = pointer.add(scratch.get(), mul(t.get(), s.channels * VECTOR));
      const mTile = pointer.add(
        scratch.get(),
        pointer.add(pointer.const(vBytes), mul(t.get(), s.filters * VECTOR)),
      );
      const zeroed = (v: Local): Code => v.set(i32.const(0));
      const outTile = pointer.add(
        outBlock.get(),
        mul(i32.add(i32.mul(y.get(), i32.const(s.out[1])), x0.get()), s.filters * VECTOR),
      );
      return [
        inBlock.set(pointer.add(target.address(x), perBlock(x))),
        outBlock.set(pointer.add(target.address(node.id), perBlock(node.id))),
        patch.set(pointer.add(scratch.get(), pointer.const(vBytes + mBytes))),
        zeroed(first),
        loop([
          count.set(i32.sub(i32.const(s.tiles), first.get())),
          if_(i32.gt_s(count.get(), i32.const(s.group)), count.set(i32.const(s.group))),
          zeroed(t),
          loop([
            y.set(origin(0, i32.div_u(tileAt, i32.const(s.tilesX)))),
            x0.set(origin(1, i32.rem_u(tileAt, i32.const(s.tilesX)))),
            if_(
              inside,
              [
                row.set(i32.const(0)),
                column.set(i32.const(0)),
                call(input, pixel, pointer.const(rowBytes), vTile, temporary),
              ],
              [
                copyPatch,
                call(input, patch.get(), pointer.const(6 * pixelBytes), vTile, temporary),
              ],
            ),
            up(t, count.get()),
          ]),
          call(products, scratch.get(), count.get()),
          zeroed(t),
          loop([
            y.set(i32.mul(i32.div_u(tileAt, i32.const(s.tilesX)), i32.const(4))),
            x0.set(i32.mul(i32.rem_u(tileAt, i32.const(s.tilesX)), i32.const(4))),
            call(output, mTile, outTile, temporary),
            finish === undefined
              ? []
              : [
                  zeroed(row),
                  loop([
                    zeroed(column),
                    loop([
                      py.set(i32.add(y.get(), row.get())),
                      px.set(i32.add(x0.get(), column.get())),
                      call(finish, chunk.get(), images.get(), py.get(), px.get()),
                      up(column, i32.const(4)),
                    ]),
                    up(row, i32.const(4)),
                  ]),
                ],
            up(t, count.get()),
          ]),
          first.set(i32.add(first.get(), i32.const(s.group))),
          br_if(0, i32.lt_s(first.get(), i32.const(s.tiles))),
        ]),
      ];
    },
    `${core.op} winograd`,
  );
}

/** Rows of Bᵀ applied to six vectors. */
function inputRows(target: Target, d: readonly Code[], fn: { local(type: "v128"): Local }) {
  const scale = (k: number, a: Code, c: Code): Code => multiplyAdd(target, f32x4.const(k), a, c);
  const [p, q, r, s] = [0, 1, 2, 3].map(() => fn.local("v128"));
  const before: Code[] = [
    p.set(scale(-4, d[2], d[4])),
    q.set(scale(-4, d[1], d[3])),
    r.set(f32x4.sub(d[4], d[2])),
    s.set(f32x4.sub(d[3], d[1])),
  ];
  const rows: Code[] = [
    scale(4, d[0], scale(-5, d[2], d[4])),
    f32x4.add(p.get(), q.get()),
    f32x4.sub(p.get(), q.get()),
    scale(2, s.get(), r.get()),
    scale(-2, s.get(), r.get()),
    scale(4, d[1], scale(-5, d[3], d[5])),
  ];
  return { before, rows };
}

/** Rows of Aᵀ applied to six vectors. */
function outputRows(target: Target, m: readonly Code[], fn: { local(type: "v128"): Local }) {
  const scale = (k: number, a: Code, c: Code): Code => multiplyAdd(target, f32x4.const(k), a, c);
  const [s, t, u, v] = [0, 1, 2, 3].map(() => fn.local("v128"));
  const before: Code[] = [
    s.set(f32x4.add(m[1], m[2])),
    t.set(f32x4.sub(m[1], m[2])),
    u.set(f32x4.add(m[3], m[4])),
    v.set(f32x4.sub(m[3], m[4])),
  ];
  const rows: Code[] = [
    f32x4.add(m[0], f32x4.add(s.get(), u.get())),
    scale(2, v.get(), t.get()),
    scale(4, u.get(), s.get()),
    f32x4.add(scale(8, v.get(), t.get()), m[5]),
  ];
  return { before, rows };
}

type Rows = typeof inputRows;

/**
 * One-dimensional transforms along columns, then along rows, for two vectors (eight images) at a time, so that
 * pairs stand side by side for the revectorizer.
 */
function emitTwoPasses(
  target: Target,
  fn: { local(type: "v128"): Local },
  rows: Rows,
  results: number,
  load: (row: number, column: number, byte: number) => Code,
  store: (row: number, column: number, byte: number, value: Code) => Code,
  temporary: Local,
): Code[] {
  const values = Array.from({ length: 6 }, () => [fn.local("v128"), fn.local("v128")]);
  const pass = (
    get: (i: number, byte: number) => Code,
    put: (i: number, byte: number, value: Code) => Code,
    half: number,
  ): Code[] => {
    const bytes = [half * 32, half * 32 + 16];
    const sums = bytes.map((_, h) =>
      rows(
        target,
        values.map((v) => v[h].get()),
        fn,
      ),
    );
    return [
      values.map((v, i) => bytes.map((byte, h) => v[h].set(get(i, byte)))),
      sums.map((sum) => sum.before),
      Array.from({ length: results }, (_, i) =>
        bytes.map((byte, h) => put(i, byte, sums[h].rows[i])),
      ),
    ];
  };
  const at = (row: number, column: number): number => (row * 6 + column) * VECTOR;
  return [0, 1].map((half) => [
    [0, 1, 2, 3, 4, 5].map((column) =>
      pass(
        (i, byte) => load(i, column, byte),
        (i, byte, value) => v128.store(temporary.get(), value, at(i, column) + byte),
        half,
      ),
    ),
    Array.from({ length: results }, (_, row) =>
      pass(
        (i, byte) => v128.load(temporary.get(), at(row, i) + byte),
        (i, byte, value) => store(row, i, byte, value),
        half,
      ),
    ),
  ]);
}

/** (window, bytes of a row, V of the tile, temporary): all channels of one window. */
function emitInputTransform(target: Target, s: Sizes): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p, p],
    [],
    (fn) => {
      const [window, rowBytes, v, temporary] = [0, 1, 2, 3].map((i) => fn.param(i));
      const starts = fn.locals(p, 6);
      const end = fn.local(p);
      return [
        starts.map((start, i) =>
          start.set(i === 0 ? window.get() : pointer.add(starts[i - 1].get(), rowBytes.get())),
        ),
        end.set(pointer.add(window.get(), pointer.const(s.channels * VECTOR))),
        loop([
          emitTwoPasses(
            target,
            fn,
            inputRows,
            6,
            (row, column, byte) =>
              v128.load(starts[row].get(), column * s.channels * VECTOR + byte),
            (row, column, byte, value) =>
              v128.store(v.get(), value, (row * 6 + column) * s.vPoint + byte),
            temporary,
          ),
          [...starts, v].map((q) => q.set(pointer.add(q.get(), pointer.const(VECTOR)))),
          br_if(0, pointer.lt_u(starts[0].get(), end.get())),
        ]),
      ];
    },
    "winograd input",
  );
}

/** (M of the tile, result, temporary): all filters of one 4×4 tile. */
function emitOutputTransform(target: Target, s: Sizes): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p],
    [],
    (fn) => {
      const [m, out, temporary] = [0, 1, 2].map((i) => fn.param(i));
      const end = fn.local(p);
      const place = (row: number, column: number): number =>
        (row * s.out[1] + column) * s.filters * VECTOR;
      return [
        end.set(pointer.add(m.get(), pointer.const(s.filters * VECTOR))),
        loop([
          emitTwoPasses(
            target,
            fn,
            outputRows,
            4,
            (row, column, byte) => v128.load(m.get(), (row * 6 + column) * s.mPoint + byte),
            (row, column, byte, value) => v128.store(out.get(), value, place(row, column) + byte),
            temporary,
          ),
          [m, out].map((q) => q.set(pointer.add(q.get(), pointer.const(VECTOR)))),
          br_if(0, pointer.lt_u(m.get(), end.get())),
        ]),
      ];
    },
    "winograd output",
  );
}

/** (scratch, tiles): M[k][t][o] = Σ c: U[k][o][c] · V[k][t][c], a tile of weights for all tiles in turn. */
function emitProducts(target: Target, s: Sizes, weights: number): number {
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
