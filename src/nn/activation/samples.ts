/** Samples of functions of single elements, for their specs. */
import type { LayerSample } from "../layer-spec.ts";
import type { AnyModule } from "../module.ts";

type Way = readonly [name: string, make: () => AnyModule, torch: string];

/**
 * A sample for each way of making the layer. Its 15 elements are the places given, where the function bends or jumps,
 * and others spread over [−6, 6].
 */
export function elementSamples(places: readonly number[], ...ways: readonly Way[]): LayerSample[] {
  const others = Array.from({ length: 15 - places.length }, (_, i) =>
    Math.fround(6 * Math.sin(1.7 * i * i + 0.3 * i + 1)),
  );
  const inputs = [{ shape: [5], values: [...places, ...others] }];
  return ways.map(([name, make, torch]) => ({ name, make, inputs, output: [5], torch }));
}
