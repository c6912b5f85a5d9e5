/** The known name that a mistyped one most likely means. */

/** Undefined when none is near: more than a third of the letters differ, more than half of a short name's. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  const { length } = name;
  let least = Math.floor(Math.max(length / 3, Math.min(3, length / 2))) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions and substitutions from a to b (Levenshtein 1966; Wagner and Fischer 1974). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
