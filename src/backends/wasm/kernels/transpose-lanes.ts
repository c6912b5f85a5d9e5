/**
 * Swaps channels and images of positions: `[position][C][16]` → `[position][16][padded]`, four channels and
 * four images at a time, so that lanes become channels.
 */
import { br_if, type Code, i8x16, i32, loop, v128 } from "../assembler.ts";
import type { Target } from "../target.ts";

const words = (lanes: readonly number[]): number[] =>
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
const LOW_PAIRS = words([0, 4, 1, 5]);
const HIGH_PAIRS = words([2, 6, 3, 7]);
const LOW_HALVES = words([0, 1, 4, 5]);
const HIGH_HALVES = words([2, 3, 6, 7]);

/** The function (from, to, positions); channels past C hold whatever lies behind. */
export function emitTranspose(target: Target, channels: number, padded: number): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, "i32"],
    [],
    (fn) => {
      const [from, to, positions] = [0, 1, 2].map((i) => fn.param(i));
      const rows = fn.locals("v128", 4);
      const mixed = fn.locals("v128", 4);
      const [source, sink, end] = fn.locals(p, 3);
      const quad = (images: number): Code[] => [
        rows.map((row, c) => row.set(v128.load(source.get(), c * 64 + images * 16))),
        mixed[0].set(i8x16.shuffle(rows[0].get(), rows[1].get(), LOW_PAIRS)),
        mixed[1].set(i8x16.shuffle(rows[2].get(), rows[3].get(), LOW_PAIRS)),
        mixed[2].set(i8x16.shuffle(rows[0].get(), rows[1].get(), HIGH_PAIRS)),
        mixed[3].set(i8x16.shuffle(rows[2].get(), rows[3].get(), HIGH_PAIRS)),
        [0, 1, 2, 3].map((n) => {
          const [a, b] = n < 2 ? [mixed[0], mixed[1]] : [mixed[2], mixed[3]];
          const halves = n % 2 === 0 ? LOW_HALVES : HIGH_HALVES;
          const offset = (images * 4 + n) * padded * 4;
          return v128.store(sink.get(), i8x16.shuffle(a.get(), b.get(), halves), offset);
        }),
      ];
      return [
        loop([
          source.set(from.get()),
          sink.set(to.get()),
          end.set(pointer.add(to.get(), pointer.const(padded * 4))),
          loop([
            [0, 1, 2, 3].map(quad),
            source.set(pointer.add(source.get(), pointer.const(4 * 64))),
            sink.set(pointer.add(sink.get(), pointer.const(16))),
            br_if(0, pointer.lt_u(sink.get(), end.get())),
          ]),
          from.set(pointer.add(from.get(), pointer.const(channels * 64))),
          to.set(pointer.add(to.get(), pointer.const(16 * padded * 4))),
          br_if(0, positions.tee(i32.sub(positions.get(), i32.const(1)))),
        ]),
      ];
    },
    "transpose lanes",
  );
}
