/** What initialisers refuse of their options that are words, such as the names of fans. */
import { ConvkitError } from "../../core/error.ts";

export function checkWord(where: string, word: string, known: readonly string[]): void {
  if (known.includes(word)) return;
  throw new ConvkitError(where, `"${word}" is unknown — use ${known.join(", ")}`);
}
