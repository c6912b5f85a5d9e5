/** Colours for people, where they are looking at a terminal. */
import type { Output } from "./output.ts";

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export const paint = (out: Output, style: keyof typeof styles, text: string): string =>
  out.colours ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
