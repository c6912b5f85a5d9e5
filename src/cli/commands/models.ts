/** `convkit models`: the zoo as a table. */
import type { Command } from "commander";
import { formatShape } from "../../core/shape.ts";
import { listModels } from "../../models/index.ts";
import { count, Output } from "../output.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";

const examples = `
Examples:
  convkit models
  convkit models --json`;

export function modelsCommand(program: Command): void {
  program
    .command("models")
    .description("list the architectures that convkit knows")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(({ json }: { json?: boolean }) => listTheModels(json));
}

async function listTheModels(json?: boolean): Promise<void> {
  const out = new Output(json === true);
  const models = await listModels();
  for (const { name, title, parameters, macs, inputShape, classes, loss, source } of models) {
    out.emit({ event: "model", name, title, parameters, macs, inputShape, classes, loss, source });
  }
  if (json) return;
  const columns = [
    { title: "Name" },
    { title: "Parameters", align: "right" },
    { title: "MACs", align: "right" },
    { title: "Input" },
    { title: "Source" },
  ] as const;
  const rows = models.map((model) => [
    model.name,
    count(model.parameters),
    count(model.macs),
    formatShape(model.inputShape),
    model.source,
  ]);
  const [titles, ...lines] = formatTable(columns, rows);
  out.say(paint(out, "bold", titles));
  for (const line of lines) out.say(line);
  out.say();
  out.say(
    "Inputs of another size or channel count adapt a model: convkit summary lenet5 --input 3x32x32",
  );
}
