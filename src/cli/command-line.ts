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

interface Entry {
  readonly summary: string;
  /** Gives the function of its file that adds it to the program. */
  readonly load: () => Promise<(program: Command) => void>;
}

/** By what they are for; the order is that of --help. */
// biome-ignore format: a command a line
const groups: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  "Train:": {
    train: { summary: "train a model on pictures and save it", load: async () => (await import("./commands/train.ts")).trainCommand },
    probe: { summary: "put a new head on a frozen network's features", load: async () => (await import("./commands/probe.ts")).probeCommand },
    search: { summary: "search for good settings of a training", load: async () => (await import("./commands/search.ts")).searchCommand },
    "lr-find": { summary: "find a learning rate to train a model with", load: async () => (await import("./commands/lr-find.ts")).lrFindCommand },
    "cross-validate": { summary: "tell how good a training is, testing with each picture once", load: async () => (await import("./commands/cross-validate.ts")).crossValidateCommand },
  },
  "Use what was trained:": {
    predict: { summary: "say what pictures show", load: async () => (await import("./commands/predict.ts")).predictCommand },
    evaluate: { summary: "test a trained model on a data set", load: async () => (await import("./commands/evaluate.ts")).evaluateCommand },
    report: { summary: "show how a run went in one HTML file", load: async () => (await import("./commands/report.ts")).reportCommand },
    runs: { summary: "list runs, or compare some", load: async () => (await import("./commands/runs.ts")).runsCommand },
  },
  "Data:": {
    data: { summary: "inspect, split, preview and download data sets", load: async () => (await import("./commands/data.ts")).dataCommand },
    embed: { summary: "write a network's features of pictures as .npy", load: async () => (await import("./commands/embed.ts")).embedCommand },
  },
  "Models:": {
    models: { summary: "list the architectures that convkit knows", load: async () => (await import("./commands/models.ts")).modelsCommand },
    summary: { summary: "show a model's layers, parameters, work, memory and receptive fields", load: async () => (await import("./commands/summary.ts")).summaryCommand },
    compare: { summary: "put models side by side, and draw accuracy against operations", load: async () => (await import("./commands/compare.ts")).compareCommand },
    draw: { summary: "draw a model's layers and how they are connected", load: async () => (await import("./commands/draw.ts")).drawCommand },
    convert: { summary: "convert models and weights between file formats", load: async () => (await import("./commands/convert.ts")).convertCommand },
    run: { summary: "run a model on .npy arrays", load: async () => (await import("./commands/run.ts")).runCommand },
  },
  "Other:": {
    doctor: { summary: "say what makes convkit fast or slow here, and the cure", load: async () => (await import("./commands/doctor.ts")).doctorCommand },
    bench: { summary: "measure convkit alone on a synthetic batch", load: async () => (await import("./commands/bench.ts")).benchCommand },
  },
};

const entries: Readonly<Record<string, Entry>> = Object.assign({}, ...Object.values(groups));

const examples = `
Examples:
  convkit train glyphs --model lenet5           learn to read the built-in digits
  convkit train photos/ --model resnet18 --weights resnet18.pth --freeze body
                                                teach a trained network photographs of your own
  convkit predict runs/glyphs-lenet5 digit.png  what a trained model sees in a picture
  convkit data inspect photos/                  what is in a data set, and what is wrong with it

\`key=value\` stands for \`--key value\`: convkit train data=glyphs model=lenet5 epochs=3
\`convkit help <command>\` tells more, --json gives one object a line on standard output.`;

export async function runCommandLine(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => !word.startsWith("-"));
  const name = names[0] === "help" ? names[1] : names[0];
  let known = name !== undefined && Object.hasOwn(entries, name) ? name : undefined;
  try {
    const program = await makeProgram(known);
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

/** With the command of that name, or with the mere names of all. */
async function makeProgram(known: string | undefined): Promise<Command> {
  const program = new Command("convkit")
    .description("Convolutional networks: train, run and inspect them")
    .version(version(), "-V, --version")
    .addHelpText("after", examples)
    .exitOverride()
    // What is wrong is said by `report`, in one line.
    .configureOutput({ outputError: () => {} });
  if (known) {
    (await entries[known].load())(program);
    return program;
  }
  program.configureHelp({ subcommandTerm: (command) => command.name() });
  const help = new Command("help").argument("[command]").summary("tell more of a command");
  program.addHelpCommand(help.helpGroup("Other:"));
  for (const [group, members] of Object.entries(groups)) {
    for (const [name, { summary }] of Object.entries(members)) {
      program.command(name).summary(summary).helpGroup(group);
    }
  }
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
