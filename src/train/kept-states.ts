/** Steps that are made only to see how they go: afterwards everything is as it was, bit for bit. */
import type { Parameter } from "../tensor/index.ts";

/** Notes the values of now, as the device has them; what is returned puts them back. */
export function keepStates(states: readonly Parameter[]): () => void {
  const kept = states.map((parameter) => parameter.read().slice());
  return () => {
    for (const [i, parameter] of states.entries()) parameter.write(kept[i]);
  };
}
