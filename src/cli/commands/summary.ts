/** `convkit summary MODEL`: layers, shapes, parameters, work, memory and receptive fields; nothing is allocated. */
import type { Command } from "commander";
import { type PeakMemory, peakMemory } from "../../backends/wasm/peak.ts";
import { formatShape } from "../../core/shape.ts";
import { type Summary, summary } from "../../models/index.ts";
import { type NetworkInput, traceNetwork } from "../../nn/initialize.ts";
import {
  makeOptimizer,
  optimizerNames,
  parseOptimizerName,
  type StepMemory,
  stepMemory,
} from "../../train/index.ts";
import { whole } from "../arguments.ts";
import { layerTable } from "../layer-table.ts";
import {
  addModelFlags,
  type ModelFlags,
  modelArgument,
  type OpenedModel,
  openModel,
} from "../model-argument.ts";
import { count, Output, size } from "../output.ts";
import { paint } from "../paint.ts";
import { asUsage } from "../usage.ts";

const examples = `
Examples:
  convkit summary lenet5 --input 1x28x28
  convkit summary resnet50 --depth 1
  convkit summary resnet50 --batch 64 --optimizer adamw
  convkit summary runs/glyphs --json`;

interface SummaryFlags extends ModelFlags {
  readonly batch: number;
  readonly depth?: number;
  readonly optimizer?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

export function summaryCommand(program: Command): void {
  const command = program
    .command("summary")
    .description(
      "Takes a model apart: layers with output shapes, parameters, multiply-adds (MACs), memory of their activations in " +
        "evaluation and in training, receptive field, stride, and jump, the product of the strides so far.",
    )
    .argument(...modelArgument);
  addModelFlags(command)
    .option("--batch <n>", "pictures at a time", whole(1), 1)
    .option("--depth <n>", "sum up what is deeper: 1 shows the parts of the network", whole(1))
    .option(
      "--optimizer <name>",
      `add the memory of a training step with ${optimizerNames.join(", ")}`,
    )
    .option("--markdown", "the table in Markdown")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(summarize);
}

/** A training step of one batch. */
interface Step extends StepMemory {
  readonly optimizer: string;
  /** As the program is planned. */
  readonly peak: number;
}

async function summarize(name: string, flags: SummaryFlags): Promise<void> {
  const { batch, depth, optimizer, markdown, json, ...wishes } = flags;
  const out = new Output(json === true);
  const word = optimizer && (await asUsage(() => parseOptimizerName(optimizer)));
  const model = await openModel(name, wishes);
  const found = summary(model.net, model.inputs, { batch, depth });
  const { builder, output } = traceNetwork(model.net, model.inputs, { batch });
  const peak = peakMemory(builder.build([output]));
  const step = word ? await stepOf(model, batch, word) : undefined;

  if (json) out.emit(recordOf(model, found, peak.totalBytes, step));
  else if (markdown) printMarkdown(out, model, found, peak, step);
  else printText(out, model, found, peak, step);
}

async function stepOf(
  { net, inputs }: OpenedModel,
  batch: number,
  name: (typeof optimizerNames)[number],
): Promise<Step> {
  const optimizer = await makeOptimizer({ name });
  const { bytes, graph } = stepMemory(net, inputs, { batch, optimizer });
  return { optimizer: optimizer.name, ...bytes, peak: peakMemory(graph).totalBytes };
}

const recordOf = (model: OpenedModel, found: Summary, peakBytes: number, step?: Step) => ({
  event: "summary",
  model: model.architecture,
  inputShape: model.inputShape,
  inputs: model.inputs,
  classes: model.classes,
  batch: found.batch,
  parameters: found.parameters,
  trainableParameters: found.trainableParameters,
  buffers: found.buffers,
  macs: found.macs,
  depth: found.depth,
  activationBytes: found.activationBytes,
  peakBytes,
  trainingStep: step ?? null,
  notes: model.notes,
  layers: found.layers,
});

function printText(
  out: Output,
  model: OpenedModel,
  found: Summary,
  peak: PeakMemory,
  step?: Step,
): void {
  out.say(`${paint(out, "bold", model.architecture)}${about(model, found)}`);
  out.say();
  const [titles, ...lines] = layerTable(found, { width: out.width });
  out.say(paint(out, "bold", titles));
  for (const line of lines) out.say(line);
  out.say();
  const facts = factsOf(found, peak, step);
  const width = Math.max(...facts.map(([title]) => title.length));
  for (const [title, text] of facts) out.say(`${title.padEnd(width)}  ${text}`);
  for (const note of model.notes) out.say(`Note: ${note}`);
}

function printMarkdown(
  out: Output,
  model: OpenedModel,
  found: Summary,
  peak: PeakMemory,
  step?: Step,
): void {
  out.say(`**${model.architecture}**${about(model, found)}\n`);
  for (const line of layerTable(found, { markdown: true })) out.say(line);
  out.say();
  for (const [title, text] of factsOf(found, peak, step)) {
    out.say(`${title.replace(/^( *)/, "$1- ")}: ${text}`);
  }
  for (const note of model.notes) out.say(`- Note: ${note}`);
}

function about({ file, inputs, classes }: OpenedModel, { batch }: Summary): string {
  const from = file ? ` from ${file}` : "";
  const atATime = batch === 1 ? "" : `, ${batch} at a time`;
  return `${from}: ${describeInputs(inputs)}${atATime}, ${many(classes, "class", "classes")}`;
}

function describeInputs(inputs: readonly NetworkInput[]): string {
  const [{ shape }] = inputs;
  if (inputs.length > 1) {
    return `inputs ${inputs.map(({ name, shape: own }) => `${name} of ${formatShape(own)}`).join(", ")}`;
  }
  return `${shape.length === 3 ? "pictures" : "arrays"} of ${formatShape(shape)}`;
}

const many = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;

function factsOf(found: Summary, peak: PeakMemory, step?: Step): [title: string, text: string][] {
  const { parameters, trainableParameters, buffers, macs, depth, activationBytes } = found;
  const facts: [string, string][] = [
    ["Parameters", count(parameters)],
    ["  trainable", count(trainableParameters)],
    [
      "  non-trainable",
      `${count(parameters - trainableParameters)}, and ${count(buffers)} values of buffers such as running statistics`,
    ],
    ["Multiply-adds", count(macs)],
    ["Depth", `${many(depth, "layer", "layers")} with weights on the longest path`],
    ["Activations, forward", `${size(activationBytes.forward)}, all outputs above`],
    [
      "Activations, training",
      `${size(activationBytes.training)}, with gradients and what they need`,
    ],
    [
      "Peak of a prediction",
      `${size(peak.totalBytes)} as planned: ${size(peak.stateBytes)} weights and ` +
        `${size(peak.arenaBytes)} working memory`,
    ],
  ];
  if (!step) return facts;
  return [
    ...facts,
    [`Training step, ${step.optimizer}`, `${size(step.total)} in all, without sharing`],
    ["  weights", size(step.weights)],
    ["  gradients", size(step.gradients)],
    ["  optimiser's states", size(step.optimizerStates)],
    ["  activations", size(step.activations)],
    ["Peak of a step", `${size(step.peak)} as planned, layers sharing memory`],
  ];
}
