/**
 * The settings that a search varies, as words of the command line:
 *
 *     lr=1e-4..1e-1,log      between two numbers, their logarithms evenly (Bergstra and Bengio 2012, section 4)
 *     label-smoothing=0..0.2 between two numbers, evenly; whole numbers where both are
 *     optimizer=sgd|adamw    one of several words
 */
import { ConvkitError, type Random } from "../../core/index.ts";

export interface Dimension {
  /** An option of `convkit train`, without its dashes. */
  readonly name: string;
  readonly draw: (random: Random) => string;
}

export function parseDimension(text: string): Dimension {
  const [, name, domain] = /^(?:--)?([a-z][\w-]*)=(.+)$/i.exec(text) ?? [];
  if (name === undefined) throw wrong(text, "write option=domain");
  const [, low, high, log] = /^([^|,]+)\.\.([^|,]+?)(,log)?$/.exec(domain) ?? [];
  if (low !== undefined) return { name, draw: drawBetween(text, low, high, log !== undefined) };
  const words = domain.split("|");
  if (words.length < 2) throw wrong(text, "give two words or more, or two numbers");
  return { name, draw: (random) => words[random.int(words.length)] };
}

function drawBetween(text: string, from: string, to: string, log: boolean): Dimension["draw"] {
  const [low, high] = [Number(from), Number(to)];
  if (!(low < high)) throw wrong(text, "the first number is less than the second");
  if (log && low <= 0) throw wrong(text, "logarithms are of numbers above 0");
  const isWhole = [from, to].every((word) => /^-?\d+$/.test(word));
  return (random) => {
    const at = random.uniform();
    const value = log ? low * (high / low) ** at : low + (high - low) * at;
    if (isWhole && !log) return String(low + random.int(high - low + 1));
    return isWhole ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  };
}

const wrong = (text: string, what: string): ConvkitError =>
  new ConvkitError(
    "search",
    `"${text}": ${what} — such as lr=1e-4..1e-1,log, batch=16|32|64 or label-smoothing=0..0.2`,
  );

/** The settings of a trial: a pure function of (seed, trial, option). */
export const drawTrial = (
  dimensions: readonly Dimension[],
  random: Random,
  trial: number,
): [name: string, value: string][] =>
  dimensions.map(({ name, draw }) => [name, draw(random.fork(trial).fork(name))]);
