/** What a run was begun with, for a command that goes on with it: its log has the first command's words. */
import { resolve } from "node:path";
import { Command } from "commander";
import { modelNames } from "../models/index.ts";
import { readRunLog } from "../train/node.ts";
import { fromKeyValue } from "./dialect.ts";
import { shellWords } from "./given-flags.ts";

/** Of one call and one machine alone. */
const OWN = ["out", "resume", "overwrite", "json", "backend", "threads"];
/** Paths, seen from the folder in which the run was begun. */
const PATHS = ["weights", "labels"];

/** Gives `command` the flags of the run in `out`, where none is given now. `describe` adds the command to a program. */
export async function recallFlags(
  command: Command,
  out: string,
  describe: (program: Command) => Command,
): Promise<void> {
  const log = await readRunLog(out);
  const start = log.find((record) => record.event === "start");
  if (!start?.command || start.folder === undefined) return;
  const words = shellWords(start.command).slice(1);
  if (words[0] !== command.name()) return;
  const { folder } = start;
  const program = new Command().exitOverride();
  const recorded = describe(program).action(() => {});
  program.parse(fromKeyValue(words, program), { from: "user" });
  for (const option of command.options) {
    const name = option.attributeName();
    const isSaid = command.getOptionValueSource(name) === "cli";
    if (isSaid || OWN.includes(name) || recorded.getOptionValueSource(name) !== "cli") continue;
    const value: unknown = recorded.getOptionValue(name);
    const isPath = PATHS.includes(name) || (name === "model" && !isOfTheZoo(String(value)));
    command.setOptionValueWithSource(name, isPath ? resolve(folder, String(value)) : value, "cli");
  }
}

const isOfTheZoo = (model: string): boolean => (modelNames as readonly string[]).includes(model);
