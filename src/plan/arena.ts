/**
 * Where each intermediate tensor lies in the arena. A tensor lives from the phase that writes it to the last
 * that reads it; the largest are placed first, each at the lowest address where nothing alive overlaps
 * (greedy by size, Pisarchyk and Lee 2020, arXiv:2001.03288).
 */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

const ALIGN = 64;

export function placeInArena(lifetimes: readonly Lifetime[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: number[] = [];
  let total = 0;
  const bySize = lifetimes
    .map((_, i) => i)
    .sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b);
  for (const i of bySize) {
    const tensor = lifetimes[i];
    const bytes = Math.ceil(tensor.bytes / ALIGN) * ALIGN;
    const alive = placed
      .filter((k) => lifetimes[k].first <= tensor.last && lifetimes[k].last >= tensor.first)
      .sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const k of alive) {
      if (offset + bytes <= offsets[k]) break;
      offset = Math.max(offset, offsets[k] + Math.ceil(lifetimes[k].bytes / ALIGN) * ALIGN);
    }
    offsets[i] = offset;
    placed.push(i);
    total = Math.max(total, offset + bytes);
  }
  return { offsets, bytes: total };
}
