/** How many pixels of all masks each class has. */
import { maskAt, type SegmentedDataset } from "../data/index.ts";

export async function countPixels(dataset: SegmentedDataset): Promise<number[]> {
  const counts = new Array<number>(256).fill(0);
  for (let i = 0; i < dataset.length; i++) {
    for (const label of (await maskAt(dataset, i)).data) counts[label]++;
  }
  return counts.slice(0, dataset.classes.length);
}
