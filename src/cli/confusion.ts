/** A confusion matrix for people: true classes in rows, predicted ones in columns. */
import { columns } from "./output.ts";

/** Beyond so many classes a matrix is no longer read; the most frequent mistakes are. */
const MOST_CLASSES = 12;
const MISTAKES = 10;

export function formatConfusion(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): string {
  if (classes.length > MOST_CLASSES) return formatMistakes(confusion, classes);
  const short = classes.map((name) => (name.length > 10 ? `${name.slice(0, 9)}…` : name));
  const rows = confusion.map((row, i) => {
    const seen = row.reduce((sum, n) => sum + n, 0);
    const recall = seen > 0 ? `${((100 * row[i]) / seen).toFixed(1)} %` : "–";
    return [short[i], ...row.map((n) => (n === 0 ? "·" : String(n))), recall];
  });
  const header = ["true \\ told", ...short, "right"];
  return columns(
    [header, ...rows],
    header.map((_, i) => i).filter((i) => i > 0),
  );
}

function formatMistakes(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): string {
  const mistakes = confusion.flatMap((row, truth) =>
    row.flatMap((n, told) => (truth !== told && n > 0 ? [{ truth, told, n }] : [])),
  );
  if (mistakes.length === 0) return "no mistakes";
  const rows = mistakes
    .sort((a, b) => b.n - a.n)
    .slice(0, MISTAKES)
    .map(({ truth, told, n }) => [String(n), classes[truth], "taken for", classes[told]]);
  return `most frequent mistakes\n${columns(rows, [0])}`;
}
