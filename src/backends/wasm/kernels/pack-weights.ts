/**
 * Weights `[O][kH][kW][I]` as the input gradient reads them: `[I][taps][taps][O]`, channels swapped inside
 * each group, the taps in the order given. Small beside the convolution, and done once a run.
 */
import type { Node } from "../../../graph/node.ts";
import { br_if, type Code, i32, loop, v128 } from "../assembler.ts";
import { type KernelStep, kernelFunction, type Target } from "../target.ts";

export interface PackedTaps {
  /** Kernel rows and columns that take part, in the order of the packed kernel. */
  readonly taps: readonly [readonly number[], readonly number[]];
  readonly groups: number;
}

export function emitPack(
  target: Target,
  w: Node,
  { taps, groups }: PackedTaps,
): { step: KernelStep; id: number } {
  const { pointer } = target;
  const [filters, perGroup, kernelHeight, kernelWidth] = w.shape;
  const perFilter = filters / groups;
  const channels = perGroup * groups;
  const size = channels * taps[0].length * taps[1].length * perFilter;
  const shape = [channels, taps[0].length, taps[1].length, perFilter];
  const id = target.temporary({
    layout: { lanes: false, order: [0, 1, 2, 3], strides: [0, 0, 0, 0], size: Math.max(1, size) },
    type: { shape, dtype: w.dtype, batched: false },
  });
  const filterBytes = kernelHeight * kernelWidth * perGroup * 4;
  const func = kernelFunction(
    target,
    ({ fn, chunk }) => {
      const [from, to, end] = fn.locals(pointer.type, 3);
      const four = fn.local("v128");
      const base = fn.local(pointer.type);
      const group = i32.div_u(chunk.get(), i32.const(perGroup));
      const channel = i32.rem_u(chunk.get(), i32.const(perGroup));
      const wide = perFilter % 4 === 0;
      const columns = taps[0].flatMap((ky) =>
        taps[1].map(
          (kx): Code => [
            from.set(
              pointer.add(base.get(), pointer.const((ky * kernelWidth + kx) * perGroup * 4)),
            ),
            end.set(pointer.add(to.get(), pointer.const(perFilter * 4))),
            loop([
              wide
                ? [
                    four.set(v128.load32_splat(from.get())),
                    [1, 2, 3].map((lane) =>
                      four.set(
                        v128.load32_lane(
                          pointer.add(from.get(), pointer.const(lane * filterBytes)),
                          four.get(),
                          lane,
                        ),
                      ),
                    ),
                    v128.store(to.get(), four.get()),
                  ]
                : v128.store32_lane(to.get(), v128.load32_splat(from.get()), 0),
              from.set(pointer.add(from.get(), pointer.const(filterBytes * (wide ? 4 : 1)))),
              to.set(pointer.add(to.get(), pointer.const(wide ? 16 : 4))),
              br_if(0, pointer.lt_u(to.get(), end.get())),
            ]),
          ],
        ),
      );
      return [
        base.set(
          pointer.add(
            pointer.add(
              target.address(w.id),
              pointer.mul(pointer.from32(group), pointer.const(perFilter * filterBytes)),
            ),
            pointer.mul(pointer.from32(channel), pointer.const(4)),
          ),
        ),
        to.set(
          pointer.add(
            target.address(id),
            pointer.mul(
              pointer.from32(chunk.get()),
              pointer.const(taps[0].length * taps[1].length * perFilter * 4),
            ),
          ),
        ),
        columns,
      ];
    },
    "pack weights",
  );
  const step: KernelStep = {
    func,
    split: "range",
    chunks: size === 0 ? 0 : channels,
    reads: [w.id],
    writes: [id],
    label: "pack weights",
  };
  return { step, id };
}
