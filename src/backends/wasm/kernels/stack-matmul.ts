/**
 * Stacks of matrices for one image or a few, as attention multiplies them: one product for each place along the
 * leading axes, all three matrices whichever way they lie.
 *
 * A chunk is one place × 16 columns of b. These are packed first, `[depth][16]`, so that a register tile of rows
 * streams through them as through the weights of `channel-conv.ts`; sums are made side by side, `[rows][16]`, and
 * then put where they belong:
 *
 *     for tile of R rows:  sums[R][16] = Σ k: a[row][k] · packed[k][16]
 */
import type { Node } from "../../../graph/node.ts";
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { layoutOf } from "../../../plan/layout.ts";
import { br_if, type Code, call, f32x4, i32, if_, type Local, loop, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { emitTile } from "./channel-conv.ts";
import { balancedTiles } from "./lane-conv.ts";

const COLUMNS = 16;

/** A sum over the images of the run has no stack of results. */
export const acceptsStackMatmul = (node: Node): boolean =>
  node.shape.length >= 3 && [node, ...node.inputs].every((t) => !layoutOf(t).lanes);

/** Bytes from one index to the next, along the result's leading axes, along rows and columns as they enter the product. */
interface Steps {
  readonly leading: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Of a tensor in a product whose result has `rank` axes; 0 along axes that it lacks or repeats. */
function stepsOf(target: Target, { id, shape }: Node, rank: number, turned = false): Steps {
  const { strides } = target.place(id).layout;
  const bytes = strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride * 4));
  const [row, column] = bytes.slice(-2);
  const missing = new Array<number>(rank - shape.length).fill(0);
  const leading = [...missing, ...bytes.slice(0, -2)];
  return turned ? { leading, row: column, column: row } : { leading, row, column };
}

export function emitStackMatmul(target: Target, { core }: SpecialKernel): KernelStep[] {
  const { pointer } = target;
  const { inputs, shape, attrs, op, batched } = core;
  const tensors = [...inputs, core];
  const turned = [attrs.transposeA === true, attrs.transposeB === true, false];
  const steps = tensors.map((t, i) => stepsOf(target, t, shape.length, turned[i]));
  const [a, b, c] = steps;
  const leading = shape.slice(0, -2);
  const [m, n] = shape.slice(-2);
  const depth = inputs[0].shape[inputs[0].shape.length - (turned[0] ? 2 : 1)];
  const columnTiles = Math.ceil(n / COLUMNS);
  const places = leading.reduce((product, dim) => product * dim, 1);
  const rowTiles = balancedTiles(m, target.tileVectors === 4 ? 6 : 3);
  const tile = (rows: number): number =>
    emitTile(
      target,
      {
        positionStep: a.row / 4,
        channelStep: a.column / 4,
        channels: depth,
        perLane: false,
        kernel: [1, 1],
        tapStep: [0, 0],
        filters: COLUMNS,
      },
      rows,
      COLUMNS,
      op,
    );
  const tiles = rowTiles.map((rows) => ({ ...rows, func: tile(rows.rows) }));
  const func = kernelFunction(
    target,
    ({ fn, chunk, images, scratch }) => {
      const starts = fn.locals(pointer.type, 3);
      const [from, sums, at, to] = fn.locals(pointer.type, 4);
      const [place, index, columns, k] = fn.locals("i32", 4);
      const scaled = (by: Local, bytes: number): Code =>
        pointer.mul(pointer.from32(by.get()), pointer.const(bytes));
      const forward = (local: Local, bytes: number): Code =>
        local.set(pointer.add(local.get(), pointer.const(bytes)));
      const turns = (count: number, step: number, body: Code): Code => [
        loop([
          body,
          br_if(0, i32.lt_u(k.tee(i32.add(k.get(), i32.const(step))), i32.const(count))),
        ]),
      ];
      const lanes = (from: Local, fromStep: number, to: Local, toStep: number): Code =>
        eachColumn(columns, n, (lane) =>
          v128.store32_lane(
            pointer.add(to.get(), pointer.const(lane * toStep)),
            v128.load32_splat(pointer.add(from.get(), pointer.const(lane * fromStep))),
            0,
          ),
        );
      const moveTo = (axis: number): Code =>
        starts.map((start, t) =>
          start.set(pointer.add(start.get(), scaled(index, steps[t].leading[axis]))),
        );
      const product = [
        // The columns, zeros where there are none.
        from.set(starts[1].get()),
        at.set(scratch.get()),
        k.set(i32.const(0)),
        turns(depth, 1, [
          n % COLUMNS === 0
            ? []
            : [0, 16, 32, 48].map((byte) => v128.store(at.get(), f32x4.const(0), byte)),
          lanes(from, b.column, at, 4),
          forward(from, b.row),
          forward(at, COLUMNS * 4),
        ]),
        sums.set(at.get()),
        tiles.map(({ first, rows, count, func: tile }) => [
          k.set(i32.const(first)),
          turns(
            first + rows * count,
            rows,
            call(
              tile,
              pointer.add(starts[0].get(), scaled(k, a.row)),
              scratch.get(),
              pointer.add(sums.get(), scaled(k, COLUMNS * 4)),
            ),
          ),
        ]),
        from.set(sums.get()),
        to.set(starts[2].get()),
        k.set(i32.const(0)),
        turns(m, 1, [lanes(from, 4, to, c.column), forward(from, COLUMNS * 4), forward(to, c.row)]),
      ];
      return [
        place.set(i32.div_u(chunk.get(), i32.const(columnTiles))),
        index.set(i32.rem_u(chunk.get(), i32.const(columnTiles))),
        columns.set(i32.sub(i32.const(n), i32.mul(index.get(), i32.const(COLUMNS)))),
        starts.map((start, t) => start.set(target.address(tensors[t].id))),
        starts[1].set(pointer.add(starts[1].get(), scaled(index, COLUMNS * b.column))),
        starts[2].set(pointer.add(starts[2].get(), scaled(index, COLUMNS * c.column))),
        leading
          .map((dim, axis) => [
            index.set(i32.rem_u(place.get(), i32.const(dim))),
            place.set(i32.div_u(place.get(), i32.const(dim))),
            moveTo(axis),
          ])
          .reverse(),
        // The last index is that of axis 0: the image.
        batched ? if_(i32.lt_u(index.get(), images.get()), product) : product,
      ];
    },
    op,
  );
  return [
    {
      func,
      split: "range",
      chunks: places * columnTiles,
      scratch: (depth + m) * COLUMNS * 4,
      reads: inputs.map(({ id }) => id),
      writes: [core.id],
      label: "matmul of a stack",
    },
  ];
}

/** What is done for each of 16 columns, of those that are left. */
function eachColumn(left: Local, columns: number, body: (lane: number) => Code): Code {
  const some = (count: number): Code[] => Array.from({ length: count }, (_, lane) => body(lane));
  const tail = columns % COLUMNS;
  if (tail === 0) return some(COLUMNS);
  if (columns < COLUMNS) return some(tail);
  return if_(i32.ge_s(left.get(), i32.const(COLUMNS)), some(COLUMNS), some(tail));
}
