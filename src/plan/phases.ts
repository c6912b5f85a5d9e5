/**
 * Puts the steps of a program into phases. Between phases all threads meet at a barrier; within one they do
 * not, so a step may share a phase with one it depends on only where the same thread does both: chained over
 * the same image block, or both on the first thread. Each step goes into the earliest phase that its
 * dependencies allow; that gives few barriers, and a block of a small network runs through many layers while
 * it is in the cache.
 */
export interface Step {
  readonly split: "block" | "single" | "range";
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Bytes that one phase may newly write before it is closed, so that memory can be used again. */
const PHASE_BYTES = 16 << 20;

export function assignPhases(
  steps: readonly Step[],
  bytesOf: (tensor: number) => number,
): number[] {
  const phases: number[] = [];
  const writers = new Map<number, number[]>();
  const readers = new Map<number, number[]>();
  const written: number[] = [];
  steps.forEach((step, i) => {
    let phase = 0;
    const after = (other: number): void => {
      const together = steps[other].split === step.split && step.split !== "range";
      phase = Math.max(phase, phases[other] + (together ? 0 : 1));
    };
    for (const tensor of step.reads) writers.get(tensor)?.forEach(after);
    for (const tensor of step.writes) {
      writers.get(tensor)?.forEach(after);
      readers.get(tensor)?.forEach(after);
    }
    const bytes = step.writes.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
    while ((written[phase] ?? 0) > 0 && (written[phase] ?? 0) + bytes > PHASE_BYTES) phase++;
    written[phase] = (written[phase] ?? 0) + bytes;
    phases[i] = phase;
    for (const tensor of step.reads) push(readers, tensor, i);
    for (const tensor of step.writes) push(writers, tensor, i);
  });
  return phases;
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
