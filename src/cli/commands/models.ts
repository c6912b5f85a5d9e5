/** `convkit models`: the zoo as a table, one part an architecture, in the order of its years. */
import type { Command } from "commander";
import { formatShape } from "../../core/shape.ts";
import { listModels, type ModelInfo } from "../../models/index.ts";
import { nearestName } from "../../nn/nearest-name.ts";
import { count, Output } from "../output.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";
import { UsageError } from "../usage.ts";

const examples = `
Examples:
  convkit models
  convkit models resnet
  convkit models --json`;

export function modelsCommand(program: Command): void {
  program
    .command("models")
    .description("list the architectures that convkit knows")
    .argument("[word]", "only those whose name or title holds the word")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(listTheModels);
}

async function listTheModels(
  word: string | undefined,
  { json }: { json?: boolean },
): Promise<void> {
  const out = new Output(json === true);
  const all = await listModels();
  const models = word === undefined ? all : all.filter((info) => holds(info, word));
  if (models.length === 0) throw nothingFor(word as string, all);
  for (const info of models) out.emit({ event: "model", ...info });
  if (!json) printTable(out, models);
}

const holds = ({ name, title }: ModelInfo, word: string): boolean =>
  `${name} ${title}`.toLowerCase().includes(word.toLowerCase());

function nothingFor(word: string, all: readonly ModelInfo[]): UsageError {
  const near = nearestName(
    word,
    all.map(({ name }) => name),
  );
  return new UsageError(
    "models",
    `no model's name or title holds "${word}" — ${near ? `did you mean ${near}?` : "convkit models lists all"}`,
  );
}

const columns = [
  { title: "Name" },
  { title: "Param #", align: "right" },
  { title: "MACs", align: "right" },
  { title: "Input" },
  { title: "Classes", align: "right" },
  { title: "Top-1", align: "right" },
] as const;

/** Models of one source stand together under its name. */
function printTable(out: Output, models: readonly ModelInfo[]): void {
  const [titles, , ...lines] = formatTable(columns, models.map(rowOf));
  out.say(paint(out, "bold", titles));
  models.forEach(({ source }, i) => {
    if (source !== models[i - 1]?.source) out.say(`\n${source}`);
    out.say(lines[i]);
  });
  out.say(
    "\nMACs are multiply-adds of one picture; top-1 is as published, in per cent on ImageNet.",
  );
  out.say(
    "Inputs of another size or channel count adapt a model: convkit summary lenet5 --input 3x32x32",
  );
}

const rowOf = ({ name, parameters, macs, inputShape, classes, accuracy }: ModelInfo): string[] => [
  `  ${name}`,
  count(parameters),
  count(macs),
  formatShape(inputShape),
  count(classes),
  accuracy ? accuracy.top1.toFixed(1) : "·",
];
