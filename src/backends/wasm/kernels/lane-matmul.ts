/**
 * Products of matrices that every image has of its own, attention's scores and means, with the batch in the lanes:
 * c[i][j] = Σ k: a[i][k]·b[k][j], each of them a value for each image.
 *
 * Both operands are vectors, so a tile of R × C results loads R + C vectors for R·C products. It takes the images in
 * passes of half a tile's vectors (8 images at 256 bits), which leaves registers for 3 × 4 sums; passes without
 * images are left out. Columns of b stay in the cache while the rows of a go by:
 *
 *     for block and place along the leading axes (a chunk):
 *       for tile of 4 j, tile of 3 i, pass:  acc[3][4] = Σ k: a[i][k] · b[k][j]
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { blocksOf, LANES } from "../../../plan/layout.ts";
import { br_if, type Code, call, f32x4, i32, if_, type Local, loop, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { inLanes } from "./conv2d.ts";
import { balancedTiles, multiplyAdd } from "./lane-conv.ts";

export const acceptsLaneMatmul = (node: Node): boolean =>
  [node, ...node.inputs].every((t) => inLanes(t) && t.shape.length >= 3);

const MOST_ROWS = 3;
const MOST_COLUMNS = 4;

/** Bytes from one index to the next: by block, along the result's leading axes, along rows and columns. */
interface Steps {
  readonly block: number;
  readonly leading: readonly number[];
  readonly row: number;
  readonly column: number;
}

function stepsOf(target: Target, { id, shape }: Node, rank: number, turned = false): Steps {
  const { strides } = target.place(id).layout;
  const bytes = strides.map((stride, axis) => (axis > 0 && shape[axis] === 1 ? 0 : stride * 4));
  const [row, column] = bytes.slice(-2);
  const missing = new Array<number>(rank - shape.length).fill(0);
  const leading = [...missing, ...bytes.slice(1, -2)];
  const [block] = bytes;
  return turned ? { block, leading, row: column, column: row } : { block, leading, row, column };
}

export function emitLaneMatmul(target: Target, { core }: SpecialKernel): KernelStep[] {
  const { pointer } = target;
  const { inputs, shape, attrs } = core;
  const tensors = [...inputs, core];
  const turned = [attrs.transposeA === true, attrs.transposeB === true, false];
  const steps = tensors.map((t, i) => stepsOf(target, t, shape.length, turned[i]));
  const leading = shape.slice(1, -2);
  const places = leading.reduce((product, dim) => product * dim, 1);
  const depth = inputs[0].shape[inputs[0].shape.length - (turned[0] ? 2 : 1)];
  const [m, n] = shape.slice(-2);
  const [rowTiles, columnTiles] = [balancedTiles(m, MOST_ROWS), balancedTiles(n, MOST_COLUMNS)];
  const func = kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const starts = fn.locals(pointer.type, 3);
      const [i, j, block, place, index] = fn.locals("i32", 5);
      const moved = (from: Code, by: Local, bytes: number): Code =>
        pointer.add(from, pointer.mul(pointer.from32(by.get()), pointer.const(bytes)));
      const tiles = (
        at: Local,
        { first, rows, count }: { first: number; rows: number; count: number },
        body: Code,
      ): Code => [
        at.set(i32.const(first)),
        loop([
          body,
          br_if(
            0,
            i32.lt_u(at.tee(i32.add(at.get(), i32.const(rows))), i32.const(first + rows * count)),
          ),
        ]),
      ];
      const [a, b, c] = steps;
      return [
        block.set(i32.div_u(chunk.get(), i32.const(places))),
        place.set(i32.rem_u(chunk.get(), i32.const(places))),
        images.set(i32.sub(images.get(), i32.mul(block.get(), i32.const(LANES)))),
        starts.map((start, t) =>
          start.set(moved(target.address(tensors[t].id), block, steps[t].block)),
        ),
        leading
          .map((dim, axis) => [
            index.set(i32.rem_u(place.get(), i32.const(dim))),
            place.set(i32.div_u(place.get(), i32.const(dim))),
            starts.map((start, t) => start.set(moved(start.get(), index, steps[t].leading[axis]))),
          ])
          .reverse(),
        columnTiles.map((columns) =>
          tiles(
            j,
            columns,
            rowTiles.map((rows) =>
              tiles(
                i,
                rows,
                call(
                  emitTile(target, { rows: rows.rows, columns: columns.rows, depth, steps }),
                  moved(starts[0].get(), i, a.row),
                  moved(starts[1].get(), j, b.column),
                  moved(moved(starts[2].get(), i, c.row), j, c.column),
                  images.get(),
                ),
              ),
            ),
          ),
        ),
      ];
    },
    core.op,
  );
  return [
    {
      func,
      split: "range",
      chunks: blocksOf(shape[0]) * places,
      reads: inputs.map(({ id }) => id),
      writes: [core.id],
      label: "matmul of each image",
    },
  ];
}

interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Of a, b and the result. */
  readonly steps: readonly Steps[];
}

/** (a, b, result, images left): the sums of rows × columns results. */
function emitTile(target: Target, { rows, columns, depth, steps: [a, b, c] }: Tile): number {
  const { pointer, tileVectors } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p, "i32"],
    [],
    (fn) => {
      const [fromA, fromB, to, images] = [0, 1, 2, 3].map((i) => fn.param(i));
      const vectors = tileVectors / 2;
      const [x, y] = fn.locals(p, 2);
      const k = fn.local("i32");
      const vectorsOf = (n: number) => Array.from({ length: n }, () => fn.locals("v128", vectors));
      const sums = Array.from({ length: rows }, () => vectorsOf(columns));
      const left = vectorsOf(rows);
      const [right] = vectorsOf(1);
      const unroll = [4, 3, 2].find((u) => depth % u === 0) ?? 1;
      const load = (to: readonly Local[], from: Local, bytes: number): Code =>
        to.map((v, w) => v.set(v128.load(from.get(), bytes + w * 16)));
      const step = (u: number, lane: number): Code[] => [
        left.map((v, i) => load(v, x, i * a.row + u * a.column + lane)),
        sums[0].map((_, j) => [
          load(right, y, j * b.column + u * b.row + lane),
          left.map((v, i) =>
            sums[i][j].map((sum, w) =>
              sum.set(multiplyAdd(target, v[w].get(), right[w].get(), sum.get())),
            ),
          ),
        ]),
      ];
      const pass = (image: number): Code =>
        if_(i32.gt_s(images.get(), i32.const(image)), [
          sums.flat(2).map((sum) => sum.set(f32x4.const(0))),
          x.set(fromA.get()),
          y.set(fromB.get()),
          k.set(i32.const(0)),
          loop([
            Array.from({ length: unroll }, (_, u) => step(u, image * 4)),
            x.set(pointer.add(x.get(), pointer.const(unroll * a.column))),
            y.set(pointer.add(y.get(), pointer.const(unroll * b.row))),
            br_if(0, i32.lt_u(k.tee(i32.add(k.get(), i32.const(unroll))), i32.const(depth))),
          ]),
          sums.map((row, i) =>
            row.map((sum, j) =>
              sum.map((v, w) =>
                v128.store(to.get(), v.get(), i * c.row + j * c.column + image * 4 + w * 16),
              ),
            ),
          ),
        ]);
      const width = 4 * vectors;
      return Array.from({ length: LANES / width }, (_, at) => pass(at * width));
    },
    `matmul tile ${rows}×${columns}`,
  );
}
