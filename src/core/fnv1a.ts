/**
 * FNV-1a (Fowler, Noll and Vo 1991): whole numbers as 32 bits. `hash` is that of what came before them; left out, they are the
 * first.
 */
export function fnv1a(values: ArrayLike<number>, hash = 0x811c9dc5): number {
  let h = hash;
  for (let i = 0; i < values.length; i++) h = Math.imul(h ^ values[i], 0x01000193);
  return h >>> 0;
}
