/** `convkit draw MODEL`: the network as a picture, blocks closed or opened. */
import type { Command } from "commander";
import { writeFileAtomic } from "../../formats/node.ts";
import { svgFile, whole } from "../arguments.ts";
import { addModelFlags, type ModelFlags, modelArgument, openModel } from "../model-argument.ts";
import { Output } from "../output.ts";

const examples = `
Examples:
  convkit draw resnet50
  convkit draw googlenet --unfold --out googlenet.svg
  convkit draw resnet18 --depth 2 --horizontal`;

interface DrawFlags extends ModelFlags {
  readonly out?: string;
  readonly unfold?: boolean;
  readonly depth?: number;
  readonly horizontal?: boolean;
  readonly json?: boolean;
}

export function drawCommand(program: Command): void {
  const command = program
    .command("draw")
    .description(
      "Draws the network as an SVG picture: layers coloured by kind with kernel, channels, stride and output shape. Blocks are " +
        "closed, and equal ones in a row stand in one box, unless --unfold or --depth opens them.",
    )
    .argument(...modelArgument);
  addModelFlags(command)
    .option("--out <file>", "the picture (default: the model's name with .svg)", svgFile)
    .option("--unfold", "open all blocks")
    .option("--depth <n>", "open modules down to here: 1 shows the parts of the network", whole(1))
    .option("--horizontal", "from left to right instead of downwards")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(draw);
}

async function draw(name: string, flags: DrawFlags): Promise<void> {
  const output = new Output(flags.json === true);
  const model = await openModel(name, flags);
  // The layout's code is loaded here alone.
  const { drawNetwork } = await import("../../explain/draw-network-node.ts");
  const out = flags.out ?? `${model.architecture}.svg`;
  const svg = drawNetwork(model.net, model.inputs, {
    title: model.architecture,
    depth: flags.unfold ? Number.POSITIVE_INFINITY : flags.depth,
    horizontal: flags.horizontal,
  });
  await writeFileAtomic(out, svg);
  output.say(`${model.architecture} drawn in ${out}`);
  for (const note of model.notes) output.say(`Note: ${note}`);
  output.emit({
    event: "drawing",
    ...{ model: model.architecture, inputShape: model.inputShape, out, notes: model.notes },
  });
}
