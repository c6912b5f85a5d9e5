/** `convkit compare A B …`: models side by side, as a table and as a chart of accuracy against operations. */
import type { Command } from "commander";
import { formatShape, type Shape } from "../../core/shape.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import { type Accuracy, listModels, type ModelInfo, summary } from "../../models/index.ts";
import type { NetworkInput } from "../../nn/initialize.ts";
import { svgFile } from "../arguments.ts";
import { addModelFlags, type ModelFlags, modelArgument, openModel } from "../model-argument.ts";
import { count, Output, size } from "../output.ts";
import { paint } from "../paint.ts";
import { formatMarkdown, formatTable } from "../table.ts";
import { UsageError } from "../usage.ts";

const examples = `
Examples:
  convkit compare resnet18 resnet50 vgg16
  convkit compare resnet50 convnext_tiny swin_t --markdown
  convkit compare --svg chart.svg             all models with a published accuracy`;

interface CompareFlags extends Omit<ModelFlags, "weights"> {
  readonly svg?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** One image. */
interface Compared {
  readonly model: string;
  readonly inputShape: Shape;
  readonly inputs: readonly NetworkInput[];
  readonly classes: number;
  readonly parameters: number;
  readonly macs: number;
  readonly activationBytes: number;
  readonly depth: number;
  readonly receptiveField: readonly [number, number] | null;
  readonly accuracy: Accuracy | null;
}

export function compareCommand(program: Command): void {
  const command = program
    .command("compare")
    .description(
      "Shows parameters, multiply-adds, memory, depth, receptive field and published accuracy of several models; without " +
        "names, of all those that have a published accuracy.",
    )
    .argument("[models...]", modelArgument[1]);
  addModelFlags(command, { weights: false })
    .option("--svg <file>", "draw accuracy against operations", svgFile)
    .option("--markdown", "the table in Markdown")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(compare);
}

async function compare(given: readonly string[], flags: CompareFlags): Promise<void> {
  const { svg, markdown, json, ...wishes } = flags;
  const out = new Output(json === true);
  const infos = await listModels();
  const names =
    given.length > 0 ? given : infos.filter((info) => info.accuracy).map(({ name }) => name);
  const bar = out.bar("counting {bar} {value}/{total} models");
  const found: Compared[] = [];
  try {
    for (const name of names) {
      found.push(await measure(name, wishes, infos));
      bar.update(found.length, names.length);
    }
  } finally {
    bar.stop();
  }
  for (const one of found) out.emit({ event: "comparison", ...one });
  if (!json) printTable(out, found, markdown === true);
  if (svg !== undefined) {
    await drawChart(svg, found);
    out.say(`\nchart drawn in ${svg}`);
  }
}

async function measure(
  name: string,
  wishes: ModelFlags,
  infos: readonly ModelInfo[],
): Promise<Compared> {
  const model = await openModel(name, wishes);
  const { parameters, macs, activationBytes, depth, layers } = summary(model.net, model.inputs);
  const info = infos.find((one) => one.name === name);
  // A published accuracy is of the published input.
  const asPublished =
    info?.classes === model.classes && String(info.inputShape) === String(model.inputShape);
  return {
    model: name,
    inputShape: model.inputShape,
    inputs: model.inputs,
    classes: model.classes,
    ...{ parameters, macs, activationBytes: activationBytes.forward, depth },
    receptiveField: layers.filter((layer) => !layer.trainingOnly).at(-1)?.receptiveField ?? null,
    accuracy: (asPublished ? info.accuracy : undefined) ?? null,
  };
}

const columns = [
  { title: "Model" },
  { title: "Input" },
  { title: "Param #", align: "right" },
  { title: "MACs", align: "right" },
  { title: "Activations", align: "right" },
  { title: "Depth", align: "right" },
  { title: "Receptive field", align: "right" },
  { title: "Top-1", align: "right" },
] as const;

function printTable(out: Output, found: readonly Compared[], markdown: boolean): void {
  const rows = found.map((one) => [
    one.model,
    one.inputs.map(({ shape }) => formatShape(shape)).join(", "),
    count(one.parameters),
    count(one.macs),
    size(one.activationBytes),
    String(one.depth),
    one.receptiveField ? formatShape(one.receptiveField) : "·",
    one.accuracy ? `${one.accuracy.top1.toFixed(1)} %` : "·",
  ]);
  const [titles, ...lines] = markdown
    ? formatMarkdown(columns, rows)
    : formatTable(columns, rows, undefined, out.width);
  out.say(markdown ? titles : paint(out, "bold", titles));
  for (const line of lines) out.say(line);
  const sources = [...new Set(found.flatMap(({ accuracy }) => accuracy?.source ?? []))];
  if (sources.length > 0) out.say(`\nTop-1 on ImageNet: ${sources.join("; ")}`);
}

async function drawChart(file: string, found: readonly Compared[]): Promise<void> {
  const points = found.flatMap(({ model, parameters, macs, accuracy }) =>
    accuracy ? [{ name: model, parameters, macs, top1: accuracy.top1 }] : [],
  );
  if (points.length === 0) {
    throw new UsageError(
      "compare",
      "none of these models has a published accuracy to draw — name some that `convkit models` shows with one",
    );
  }
  const { drawAccuracies } = await import("../accuracy-chart.ts");
  await writeFileAtomic(file, drawAccuracies(points));
}
