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
import type { SpecialKernel } from "../../../plan/kernel.ts";
import { br_if, type Code, call, i32, if_, type Local, loop, memory } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";
import { blockStep, epilogueOf, inLanes } from "./conv2d.ts";
import { emitFinish } from "./lane-conv.ts";
import { emitProducts } from "./winograd-products.ts";
import { POINTS, type Sizes, VECTOR } from "./winograd-sizes.ts";
import { emitInputTransform, emitOutputTransform } from "./winograd-transforms.ts";
import { emitWinogradWeights, pointStride } from "./winograd-weights.ts";

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
          pointer.mul(pointer.fromSigned32(i32.add(y.get(), row.get())), pointer.const(rowBytes)),
          pointer.mul(
            pointer.fromSigned32(i32.add(x0.get(), column.get())),
            pointer.const(pixelBytes),
          ),
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
