/** Running averages that rules keep in their states. */
import type { Tensor } from "../graph/tensor.ts";
import type { Shared } from "./optimizer.ts";

type States = Pick<Shared, "state" | "set">;

/** m ← β·m + (1 − β)·x */
export const moment = ({ state, set }: States, name: string, beta: number, x: Tensor): Tensor =>
  set(
    name,
    state(name)
      .mul(beta)
      .add(x.mul(1 - beta)),
  );

/**
 * c ← β·c + (1 − β), which is 1 − βᵗ: by how much a moment that began at 0 is too small. As a state it needs no
 * counter and no power, and it is exact in f32 where 1 − βᵗ would cancel.
 */
export const correction = ({ state, set }: States, name: string, beta: number): Tensor =>
  set(
    name,
    state(name)
      .mul(beta)
      .add(1 - beta),
  );
