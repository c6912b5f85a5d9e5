/** Which pictures stand for a class where there is no room for all. */
import { Random } from "../../core/random.ts";
import type { Inspection } from "../../data/node.ts";

/** Classes and pictures that are shown, at most. */
const MOST = { classes: 100, pictures: 600, each: 12 } as const;

export interface ClassSample {
  readonly name: string;
  /** Numbers of pictures, in their order; drawn by a fixed seed. */
  readonly pictures: readonly number[];
}

export function sampleClasses({ classes, pictures }: Inspection): ClassSample[] {
  const shown = classes.slice(0, MOST.classes);
  const each = Math.max(1, Math.min(MOST.each, Math.floor(MOST.pictures / shown.length)));
  const random = new Random(0, "sample");
  return shown.map((name, label) => {
    const own = [...pictures.keys()].filter((i) => pictures[i].label === label);
    const order = random.fork(label).shuffle(Uint32Array.from(own));
    return { name, pictures: [...order.subarray(0, each)].sort((a, b) => a - b) };
  });
}
