/** The flags of this call as words, for a command that is to go on from it. */
import type { Command } from "commander";

/** Those that were given, but for `except`; ` --batch 32 --betas 0.9,0.99`, with a space in front of each. */
export function givenFlags(command: Command, except: readonly string[]): string {
  return command.options
    .filter((option) => {
      const name = option.attributeName();
      return command.getOptionValueSource(name) === "cli" && !except.includes(name);
    })
    .map((option) => {
      const value: unknown = command.getOptionValue(option.attributeName());
      return ` ${option.long}${value === true ? "" : ` ${shellWord(String(value))}`}`;
    })
    .join("");
}

/** This call, as it can be typed again. */
export const typedCommand = (): string =>
  ["convkit", ...process.argv.slice(2)].map(shellWord).join(" ");

/** Quoted where a shell would take it apart. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The words of a line that `shellWord` quoted. */
export const shellWords = (line: string): string[] =>
  (line.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? []).map((word) =>
    word.replace(
      /'([^']*)'|\\(.)/g,
      (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? "",
    ),
  );
