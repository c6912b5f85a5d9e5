/** `convkit evaluate RUN [DATA]`: accuracy, loss and confusion on the test part of a data set. */
import type { Command } from "commander";
import { Segmenter } from "../../train/index.ts";
import { testTimeAugmentations } from "../../train/views.ts";
import { backend, oneOf, whole } from "../arguments.ts";
import { formatConfusion } from "../confusion.ts";
import { addModelFlags, addPictureFlags, modelArgument } from "../model-argument.ts";
import { addDataFlags } from "../open-data.ts";
import { count, Output, percent } from "../output.ts";
import { formatSegmentation } from "../segmentation-figures.ts";
import { openTrainedModel, type TrainedModelFlags } from "../trained-model.ts";

interface Flags extends TrainedModelFlags {
  readonly json?: boolean;
}

export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .description(
      "Tests a trained model on the test part of a data set, by default the one it was trained with.",
    )
    .argument(...modelArgument)
    .argument("[data]", "as for convkit train");
  addModelFlags(command);
  addDataFlags(addPictureFlags(command))
    .option("--best", "the best weights instead of the last")
    .option(
      "--tta <views>",
      `average over views: ${testTimeAugmentations.join(", ")} (default: the run's)`,
      oneOf(...testTimeAugmentations),
    )
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit evaluate runs/glyphs-lenet5
  convkit evaluate runs/mnist-lenet5 mnist:data/mnist --json
  convkit evaluate runs/photos --best
  convkit evaluate runs/shapes-unet shapes/
  convkit evaluate resnet20-cifar10.onnx cifar10:data/cifar10 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225`,
    )
    .action((run: string, data: string | undefined, flags: Flags) => evaluate(run, data, flags));
}

async function evaluate(run: string, given: string | undefined, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { model, test, path } = await openTrainedModel("evaluate", run, given, flags, output);
  const bar = output.bar("evaluating {bar} {value}/{total}");
  const { accuracy, loss, confusion, measures } = await model
    .evaluate(test, (done, total) => bar.update(done, total))
    .finally(() => bar.stop());
  output.say(`${path} on ${count(test.length)} pictures of ${test.name}`);
  if (model instanceof Segmenter)
    output.say(formatSegmentation({ accuracy, loss, confusion }, test.classes));
  else {
    output.say(`accuracy ${percent(accuracy, 2)}, loss ${loss.toFixed(4)}\n`);
    output.say(formatConfusion(confusion, test.classes));
  }
  output.emit({
    ...{ event: "evaluation", run, data: test.name, images: test.length, accuracy, loss },
    ...{ classes: test.classes, confusion, measures },
  });
}
