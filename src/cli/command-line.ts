/**
 * From words to an exit code: 0 fine, 1 the run failed, 2 wrong usage. What goes wrong is one line on standard
 * error, `convkit train: [idx] …`; with --json it is also `{"event":"error","message":…}` on standard output.
 * Only the command that is asked for is loaded, since each brings its own part of convkit along.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ConvkitError } from "../core/error.ts";
import { fromKeyValue, namedCommand } from "./dialect.ts";
import { UsageError } from "./usage.ts";

type Register = (program: Command) => void;

/** Each file adds one command to the program; the order is that of --help. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  train: async () => (await import("./commands/train.ts")).trainCommand,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
  report: async () => (await import("./commands/report.ts")).reportCommand,
  runs: async () => (await import("./commands/runs.ts")).runsCommand,
  data: async () => (await import("./commands/data.ts")).dataCommand,
  "cross-validate": async () => (await import("./commands/cross-validate.ts")).crossValidateCommand,
  search: async () => (await import("./commands/search.ts")).searchCommand,
  "lr-find": async () => (await import("./commands/lr-find.ts")).lrFindCommand,
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  probe: async () => (await import("./commands/probe.ts")).probeCommand,
  embed: async () => (await import("./commands/embed.ts")).embedCommand,
  summary: async () => (await import("./commands/summary.ts")).summaryCommand,
  compare: async () => (await import("./commands/compare.ts")).compareCommand,
  draw: async () => (await import("./commands/draw.ts")).drawCommand,
  models: async () => (await import("./commands/models.ts")).modelsCommand,
  convert: async () => (await import("./commands/convert.ts")).convertCommand,
  run: async () => (await import("./commands/run.ts")).runCommand,
  bench: async () => (await import("./commands/bench.ts")).benchCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
};

const examples = `
Examples:
  convkit train glyphs --model lenet5      learn to read the built-in digits
  convkit predict runs/glyphs photo.png    what a trained model sees in a picture
  convkit summary resnet20                 layers, parameters, work and memory
  convkit doctor                           what makes this machine fast or slow

\`key=value\` stands for \`--key value\`: convkit train data=glyphs model=lenet5 epochs=3
\`convkit help <command>\` tells more, --json gives one object a line on standard output.`;

export async function runCommandLine(words: readonly string[]): Promise<number> {
  const name = words.find((word) => !word.startsWith("-"));
  let known = name !== undefined && Object.hasOwn(commands, name) ? name : undefined;
  try {
    const program = await makeProgram(known ? [known] : Object.keys(commands));
    if (known) known = pathOf(namedCommand(words, program).command);
    await program.parseAsync(fromKeyValue(words, program), { from: "user" });
    return 0;
  } catch (error) {
    return report(error, known, words);
  }
}

/** `data inspect` */
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

async function makeProgram(names: readonly string[]): Promise<Command> {
  const program = new Command("convkit")
    .description("Convolutional networks: train, run and inspect them")
    .version(version(), "-V, --version")
    .addHelpText("after", examples)
    .exitOverride()
    // What is wrong is said by `report`, in one line.
    .configureOutput({ outputError: () => {} });
  for (const name of names) (await commands[name]())(program);
  return program;
}

/** package.json lies two folders up from src/cli and from dist/cli alike. */
const version = (): string =>
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;

function report(error: unknown, command: string | undefined, words: readonly string[]): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
  if (error instanceof CommanderError && error.code === "commander.help") return 2; // it was shown
  const [message, code] = describe(error, command);
  process.stderr.write(`convkit${command ? ` ${command}` : ""}: ${message}\n`);
  if (process.env.CONVKIT_DEBUG && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  if (words.includes("--json") || words.includes("json=true")) {
    process.stdout.write(`${JSON.stringify({ event: "error", message })}\n`);
  }
  return code;
}

function describe(error: unknown, command: string | undefined): [message: string, code: number] {
  const help = `see convkit ${command ? `${command} ` : ""}--help`;
  if (error instanceof CommanderError) {
    const fact = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
    return [`${fact.replace(/\.$/, "")} — ${help}`, 2];
  }
  if (error instanceof UsageError) return [error.message, 2];
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConvkitError) return [message, 1];
  const where = "a fault of convkit's own; with CONVKIT_DEBUG=1 it says where";
  return [`${message.split("\n")[0]} — ${where}`, 1];
}
