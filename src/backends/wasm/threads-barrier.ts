/**
 * The barrier, as a function of an emitted module: nobody leaves before all have come. The last thread to
 * come resets the count and opens the barrier by counting up its generation; the others watch that word, for
 * a while awake, then asleep. A sleeper announces itself before it sleeps, and the wait looks at the
 * generation once more under the engine's lock, so the opener may skip waking when nobody sleeps: of
 * "announce, look" against "open, look" at least one sees the other (all accesses are sequentially consistent).
 */

import type { ModuleWriter } from "./assembler.ts";
import {
  block,
  br,
  br_if,
  drop,
  i32,
  i64,
  if_,
  loop,
  memory,
  ptrOps,
  return_,
} from "./assembler.ts";
import { BARRIER_ARRIVED, BARRIER_OPENED, BARRIER_SLEEPERS, BARRIER_SPINS } from "./reserved.ts";

/** Adds the barrier (threads: i32) to a module; its index. With memory of one thread it does nothing. */
export function emitBarrier(writer: ModuleWriter): number {
  if (!writer.memory.shared) return writer.func(undefined, ["i32"], [], () => [], "barrier");
  const { const: at } = ptrOps(writer.memory.is64);
  const opened = i32.atomic.load(at(BARRIER_OPENED));
  const one = i32.const(1);
  return writer.func(
    undefined,
    ["i32"],
    [],
    (f) => {
      const threads = f.param(0);
      const generation = f.local("i32");
      const spins = f.local("i32");
      return [
        if_(i32.le_s(threads, one), return_()),
        generation.set(opened),
        if_(i32.eq(i32.add(i32.atomic.add(at(BARRIER_ARRIVED), one), one), threads), [
          i32.atomic.store(at(BARRIER_ARRIVED), i32.const(0)),
          drop(i32.atomic.add(at(BARRIER_OPENED), one)),
          if_(
            i32.atomic.load(at(BARRIER_SLEEPERS)),
            drop(memory.atomic.notify(at(BARRIER_OPENED), i32.const(-1))),
          ),
          return_(),
        ]),
        spins.set(i32.load(at(BARRIER_SPINS))),
        block((asleep) =>
          loop((again) => [
            br_if(asleep, i32.eqz(spins)),
            if_(i32.ne(opened, generation), return_()),
            spins.set(i32.sub(spins, one)),
            br(again),
          ]),
        ),
        drop(i32.atomic.add(at(BARRIER_SLEEPERS), one)),
        loop((again) => [
          drop(memory.atomic.wait32(at(BARRIER_OPENED), generation, i64.const(-1))),
          br_if(again, i32.eq(opened, generation)),
        ]),
        drop(i32.atomic.sub(at(BARRIER_SLEEPERS), one)),
      ];
    },
    "barrier",
  );
}
