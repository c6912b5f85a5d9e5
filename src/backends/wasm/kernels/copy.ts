/**
 * Plain movements: host inputs into the lane layout, values into states.
 */
import type { Code, Local } from "../assembler.ts";
import { br_if, i32, loop, memory, select, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";

/**
 * A row-major input into its layout. With lanes, element e of image i goes to `[block][e'][lane]`, where e'
 * is its place with channels last; a vector gathers the same element of four images.
 */
export function emitInput(target: Target, raw: number, id: number): KernelStep {
  const { layout, type } = target.place(id);
  const { pointer } = target;
  const [count, c, h, w] = type.shape.length === 4 ? type.shape : [type.shape[0], 1, 1, 1];
  const inner = type.shape.slice(1).reduce((n, dim) => n * dim, 1);
  const pixels = type.shape.length === 4 ? h * w : inner;
  const channels = type.shape.length === 4 ? c : 1;
  const lanes = layout.lanes;
  const func = kernelFunction(
    target,
    ({ fn, chunk, images }) => {
      const [from, to] = [fn.local(pointer.type), fn.local(pointer.type)];
      const [channel, pixel, left] = [fn.local("i32"), fn.local("i32"), fn.local("i32")];
      const rows = lanes ? 16 : 1;
      const perChunk = pointer.const(inner * rows * 4);
      const start = pointer.mul(pointer.from32(chunk.get()), perChunk);
      const value = fn.local("v128");
      // Images that do not exist repeat the first of the block: their lanes hold numbers, never garbage.
      const rowPointers: Local[] = lanes ? fn.locals(pointer.type, 16) : [];
      const step = (p: Local, bytes: number): Code =>
        p.set(pointer.add(p.get(), pointer.const(bytes)));
      const body: Code[] = lanes
        ? [0, 1, 2, 3].map((j) => [
            value.set(v128.load32_splat(rowPointers[j * 4].get(), 0)),
            [1, 2, 3].map((lane) =>
              value.set(v128.load32_lane(rowPointers[j * 4 + lane].get(), value.get(), lane)),
            ),
            v128.store(to.get(), value.get(), j * 16),
          ])
        : [v128.store32_lane(to.get(), v128.load32_splat(from.get()), 0)];
      const advance = lanes ? rowPointers.map((row) => step(row, 4)) : step(from, 4);
      return [
        from.set(pointer.add(target.address(raw), start)),
        left.set(i32.sub(images.get(), i32.mul(chunk.get(), i32.const(16)))),
        rowPointers.map((row, i) =>
          row.set(
            pointer.add(
              from.get(),
              select(
                pointer.const(i * inner * 4),
                pointer.const(0),
                i32.gt_s(left.get(), i32.const(i)),
              ),
            ),
          ),
        ),
        channel.set(i32.const(0)),
        loop([
          to.set(
            pointer.add(
              pointer.add(target.address(id), start),
              pointer.mul(pointer.from32(channel.get()), pointer.const(rows * 4)),
            ),
          ),
          pixel.set(i32.const(0)),
          loop([
            body,
            advance,
            step(to, channels * rows * 4),
            br_if(0, i32.lt_u(pixel.tee(i32.add(pixel.get(), i32.const(1))), i32.const(pixels))),
          ]),
          br_if(
            0,
            i32.lt_u(channel.tee(i32.add(channel.get(), i32.const(1))), i32.const(channels)),
          ),
        ]),
      ];
    },
    "input",
  );
  const split = lanes ? "block" : "range";
  return {
    func,
    split,
    chunks: lanes ? Math.ceil(count / 16) : count,
    reads: [raw],
    writes: [id],
    label: "input",
  };
}

/** All words of one tensor into another of the same layout. */
export function emitCopy(target: Target, from: number, to: number): KernelStep {
  const { pointer } = target;
  const bytes = target.place(to).layout.size * 4;
  const func = kernelFunction(
    target,
    () => memory.copy(target.address(to), target.address(from), pointer.const(bytes)),
    "copy",
  );
  return { func, split: "single", chunks: 1, reads: [from], writes: [to], label: "copy" };
}
