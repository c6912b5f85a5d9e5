/**
 * The product that sums over the batch, aᵀ·b for a `[N, K]` and b `[N, M]` in lanes: the weight gradient of a
 * linear layer. There is one position per image, so b is transposed for the whole batch, a column tile at a
 * time, and the sum runs over all images before anything is stored:
 *
 *     for tile of 64 columns:  scratch[image][64] = b, transposed
 *       for tile of 6 rows, tile of 16 columns:  acc[6][16] = Σ image: a[row][image] · scratch[image][16]
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { br_if, type Code, call, f32x4, i32, if_, loop, select, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { inLanes } from "./conv2d.ts";
import { balancedTiles, multiplyAdd } from "./lane-conv.ts";
import { emitTranspose } from "./transpose-lanes.ts";

export const acceptsOuterProduct = (node: Node): boolean =>
  node.attrs.transposeA === true &&
  node.attrs.transposeB !== true &&
  node.inputs.every((input) => inLanes(input) && input.shape.length === 2);

const COLUMNS = 64;

export function emitOuterProduct(target: Target, { core, node }: SpecialKernel): KernelStep[] {
  const [a, b] = core.inputs;
  const [k, m] = [a.shape[1], b.shape[1]];
  const { pointer } = target;
  const p = pointer.type;
  const blocks = Math.ceil(a.shape[0] / 16);
  const transpose = emitTranspose(target, m, COLUMNS);
  const most = target.tileVectors === 4 ? 6 : 3;
  const tiles = balancedTiles(k, most);
  const widths = [...new Set([16, m % 16].filter((w) => w > 0 && w <= m))];
  const functions = new Map<string, number>();
  for (const { rows } of tiles) {
    for (const width of widths) {
      functions.set(`${rows},${width}`, emitTile(target, { a: a.id, k, m, rows, width }));
    }
  }
  const chunks = Math.ceil(m / COLUMNS);
  const func = kernelFunction(
    target,
    ({ fn, chunk, images, scratch }) => {
      const [block, count, row, columns, at] = fn.locals("i32", 5);
      const mul = (index: Code, size: number): Code =>
        pointer.mul(pointer.from32(index), pointer.const(size));
      const strideB = target.place(b.id).layout.strides[0] * 4;
      const [out, from] = fn.locals(p, 2);
      const perWidth = (width: number): Code =>
        tiles.map((tile) => [
          row.set(i32.const(tile.first)),
          loop([
            call(
              functions.get(`${tile.rows},${width}`) as number,
              pointer.add(target.address(a.id), mul(row.get(), 64)),
              pointer.add(scratch.get(), mul(at.get(), 4)),
              pointer.add(out.get(), pointer.add(mul(row.get(), m * 4), mul(at.get(), 4))),
              images.get(),
            ),
            br_if(
              0,
              i32.lt_u(
                row.tee(i32.add(row.get(), i32.const(tile.rows))),
                i32.const(tile.first + tile.rows * tile.count),
              ),
            ),
          ]),
        ]);
      const tail = m % 16;
      return [
        count.set(i32.shr_u(i32.add(images.get(), i32.const(15)), i32.const(4))),
        columns.set(i32.sub(i32.const(m), i32.mul(chunk.get(), i32.const(COLUMNS)))),
        columns.set(
          select(columns.get(), i32.const(COLUMNS), i32.lt_s(columns.get(), i32.const(COLUMNS))),
        ),
        from.set(pointer.add(target.address(b.id), mul(chunk.get(), COLUMNS * 64))),
        out.set(pointer.add(target.address(node.id), mul(chunk.get(), COLUMNS * 4))),
        block.set(i32.const(0)),
        loop([
          call(
            transpose,
            pointer.add(from.get(), mul(block.get(), strideB)),
            pointer.add(scratch.get(), mul(block.get(), 16 * COLUMNS * 4)),
            i32.const(1),
          ),
          br_if(0, i32.lt_u(block.tee(i32.add(block.get(), i32.const(1))), count.get())),
        ]),
        at.set(i32.const(0)),
        loop([
          m < 16
            ? perWidth(tail)
            : tail === 0
              ? perWidth(16)
              : if_(
                  i32.ge_s(i32.sub(columns.get(), at.get()), i32.const(16)),
                  perWidth(16),
                  perWidth(tail),
                ),
          br_if(0, i32.lt_s(at.tee(i32.add(at.get(), i32.const(16))), columns.get())),
        ]),
      ];
    },
    core.op,
  );
  return [
    {
      func,
      split: "range",
      chunks,
      scratch: blocks * 16 * COLUMNS * 4,
      reads: [a.id, b.id],
      writes: [node.id],
      label: "matmul over the batch",
    },
  ];
}

interface Tile {
  readonly a: number;
  readonly k: number;
  readonly m: number;
  readonly rows: number;
  readonly width: number;
}

/** (a, scratch, out, images): out[rows][width] = Σ over the images. */
function emitTile(target: Target, { a, m, rows, width }: Tile): number {
  const { pointer } = target;
  const p = pointer.type;
  const vectors = Math.ceil(width / 8) * 2;
  const blockBytes = target.place(a).layout.strides[0] * 4;
  return target.writer.func(
    undefined,
    [p, p, p, "i32"],
    [],
    (fn) => {
      const [block, columns, out, images] = [0, 1, 2, 3].map((i) => fn.param(i));
      const from = fn.local(p);
      const [image, valid] = fn.locals("i32", 2);
      const accumulators = Array.from({ length: rows }, () => fn.locals("v128", vectors));
      const right = fn.locals("v128", vectors);
      const left = fn.local("v128");
      const step = (u: number): Code[] => [
        right.map((v, j) => v.set(v128.load(columns.get(), u * COLUMNS * 4 + j * 16))),
        accumulators.map((row, r) => [
          left.set(v128.load32_splat(from.get(), r * 64 + u * 4)),
          row.map((acc, j) => acc.set(multiplyAdd(target, left.get(), right[j].get(), acc.get()))),
        ]),
      ];
      const turn = (count: number): Code => [
        Array.from({ length: count }, (_, u) => step(u)),
        from.set(pointer.add(from.get(), pointer.const(count * 4))),
        columns.set(pointer.add(columns.get(), pointer.const(count * COLUMNS * 4))),
        image.set(i32.add(image.get(), i32.const(count))),
      ];
      return [
        accumulators.flat().map((acc) => acc.set(f32x4.const(0))),
        loop([
          from.set(block.get()),
          valid.set(select(images.get(), i32.const(16), i32.lt_s(images.get(), i32.const(16)))),
          image.set(i32.const(0)),
          if_(
            i32.eq(valid.get(), i32.const(16)),
            loop([turn(4), br_if(0, i32.lt_u(image.get(), i32.const(16)))]),
            loop([turn(1), br_if(0, i32.lt_u(image.get(), valid.get()))]),
          ),
          block.set(pointer.add(block.get(), pointer.const(blockBytes))),
          br_if(0, i32.gt_s(images.tee(i32.sub(images.get(), i32.const(16))), i32.const(0))),
        ]),
        accumulators.map((row, r) =>
          row.map((acc, j) => {
            const offset = r * m * 4 + j * 16;
            const lanes = Math.min(4, width - j * 4);
            if (lanes === 4) return v128.store(out.get(), acc.get(), offset);
            return Array.from({ length: Math.max(0, lanes) }, (_, lane) =>
              v128.store32_lane(out.get(), acc.get(), lane, offset + lane * 4),
            );
          }),
        ),
      ];
    },
    `outer product tile ${rows}×${width}`,
  );
}
