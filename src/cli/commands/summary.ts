/** `convkit summary MODEL`: layers, shapes, parameters, work, memory and receptive fields, from one trace. */
import type { Command } from "commander";
import { peakMemory } from "../../backends/wasm/peak.ts";
import { formatShape } from "../../core/shape.ts";
import { type Summary, type SummaryRow, summary } from "../../models/index.ts";
import { traceNetwork } from "../../nn/initialize.ts";
import { shape as pictureShape, whole } from "../arguments.ts";
import { modelArgument, type OpenedModel, openModel } from "../model-argument.ts";
import { count, Output, size } from "../output.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";

const examples = `
Examples:
  convkit summary lenet5 --input 1x28x28
  convkit summary resnet20 --batch 64
  convkit summary runs/glyphs --json`;

interface SummaryOptions {
  readonly input?: number[];
  readonly classes?: number;
  readonly batch: number;
  readonly json?: boolean;
}

export function summaryCommand(program: Command): void {
  program
    .command("summary")
    .description("show a model's layers, parameters, work, memory and receptive fields")
    .argument(...modelArgument)
    .option(
      "--input <CxHxW>",
      "one picture: channels, height, width (the model's own)",
      pictureShape,
    )
    .option("--classes <n>", "classes to tell apart (the model's own)", whole(1))
    .option("--batch <n>", "pictures at a time", whole(1), 1)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(summarize);
}

async function summarize(name: string, options: SummaryOptions): Promise<void> {
  const { input: inputShape, classes, batch, json } = options;
  const out = new Output(json === true);
  const model = await openModel(name, { inputShape, classes });
  const found = summary(model.net, model.inputShape, { batch });
  const { builder, output } = traceNetwork(model.net, model.inputShape, { batch });
  const peak = peakMemory(builder.build([output]));

  if (json) out.emit(recordOf(model, found, peak.totalBytes));
  else {
    printLayers(out, model, found);
    printTotals(out, found, peak);
    for (const note of model.notes) out.say(`Note: ${note}`);
  }
}

const recordOf = (model: OpenedModel, found: Summary, peakBytes: number) => ({
  event: "summary",
  model: model.architecture,
  inputShape: model.inputShape,
  classes: model.classes,
  batch: found.batch,
  parameters: found.parameters,
  trainableParameters: found.trainableParameters,
  macs: found.macs,
  activationBytes: found.activationBytes,
  peakBytes,
  notes: model.notes,
  layers: found.layers,
});

const columns = [
  { title: "Layer (type)" },
  { title: "Output shape" },
  { title: "Param #", align: "right" },
  { title: "MACs", align: "right" },
  { title: "Activation", align: "right" },
  { title: "Receptive field", align: "right" },
  { title: "Stride", align: "right" },
] as const;

/** A layer without parameters or products shows it by a dot: zeros would hide the numbers. */
const countOf = (number: number): string => (number === 0 ? "·" : count(number));

const pairOf = (pair: SummaryRow["jump"]): string =>
  pair === null ? "·" : pair[0] === pair[1] ? `${pair[0]}` : formatShape(pair);

function printLayers(out: Output, model: OpenedModel, found: Summary): void {
  const { architecture, inputShape, classes, file } = model;
  const batch = found.batch === 1 ? "" : `, ${found.batch} at a time`;
  const from = file ? ` from ${file}` : "";
  out.say(
    `${paint(out, "bold", architecture)}${from}: pictures of ${formatShape(inputShape)}${batch}, ` +
      `${classes} ${classes === 1 ? "class" : "classes"}`,
  );
  out.say();
  const rows = found.layers.map((layer) => [
    layer.name ? `${layer.name} (${layer.kind})` : `(${layer.kind})`,
    formatShape(layer.outputShape),
    countOf(layer.parameters),
    countOf(layer.macs),
    size(layer.activationBytes.forward),
    layer.receptiveField ? formatShape(layer.receptiveField) : "·",
    pairOf(layer.jump),
  ]);
  const total = [
    "Total",
    "",
    count(found.parameters),
    count(found.macs),
    size(found.activationBytes.forward),
    "",
    "",
  ];
  const [titles, ...lines] = formatTable(columns, rows, total);
  out.say(paint(out, "bold", titles));
  for (const line of lines) out.say(line);
}

function printTotals(
  out: Output,
  found: Summary,
  peak: { readonly arenaBytes: number; readonly stateBytes: number; readonly totalBytes: number },
): void {
  const { parameters, trainableParameters, macs, activationBytes } = found;
  const frozen = parameters - trainableParameters;
  const lines = [
    ["Parameters", `${count(parameters)}${frozen ? `, ${count(frozen)} of them frozen` : ""}`],
    ["Multiply-adds", count(macs)],
    ["Activations, forward", `${size(activationBytes.forward)} (all outputs above)`],
    [
      "Activations, training",
      `${size(activationBytes.training)} (with gradients and what they need)`,
    ],
    [
      "Peak of a prediction",
      `${size(peak.totalBytes)} as planned: ${size(peak.stateBytes)} weights and ` +
        `${size(peak.arenaBytes)} working memory`,
    ],
  ];
  out.say();
  const width = Math.max(...lines.map(([title]) => title.length));
  for (const [title, text] of lines) out.say(`${title.padEnd(width)}  ${text}`);
}
