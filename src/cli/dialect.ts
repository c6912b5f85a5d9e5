/**
 * The other dialect of the command line: `convkit train data=glyphs model=lenet5 epochs=5 resume=true`. Words
 * become flags and arguments before they are parsed; a word whose key the command does not know stays as it is.
 */
import type { Command } from "commander";

export function fromKeyValue(words: readonly string[], program: Command): string[] {
  const { command, at } = namedCommand(words, program);
  if (command === program) return [...words];
  const named = new Map<string, string[]>();
  const rest = words.slice(at + 1).flatMap((word) => {
    const [, key, value] = /^([a-z][\w-]*)=(.*)$/is.exec(word) ?? [];
    if (key === undefined) return [word];
    const argument = command.registeredArguments.find(
      (candidate) => candidate.name() === key.toLowerCase(),
    );
    if (argument) {
      const taken = named.get(argument.name()) ?? [];
      named.set(argument.name(), [...taken, ...(argument.variadic ? value.split(",") : [value])]);
      return [];
    }
    const option = command.options.find(({ long }) => long === `--${dashed(key)}`);
    if (!option) return [word];
    if (!option.isBoolean()) return [option.long as string, value];
    return /^(false|no|0)$/i.test(value) ? [] : [option.long as string];
  });
  // Arguments stand in the command's order, before what was given without a name.
  const positional = command.registeredArguments.flatMap(
    (argument) => named.get(argument.name()) ?? [],
  );
  return [...words.slice(0, at + 1), ...positional, ...rest];
}

/** The command that words begin with, `train` or `data inspect`, and where its name ends; the program itself, where they name none. */
export function namedCommand(
  words: readonly string[],
  program: Command,
): { command: Command; at: number } {
  let [command, at] = [program, -1];
  for (;;) {
    const next = words.findIndex((word, i) => i > at && !word.startsWith("-"));
    const inner = command.commands.find((candidate) => candidate.name() === words[next]);
    if (!inner) return { command, at };
    [command, at] = [inner, next];
  }
}

/** `weightDecay` and `weight_decay` are `weight-decay`. */
const dashed = (key: string): string =>
  key
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase();
