/** `convkit embed MODEL DATA`: the features that a network has of pictures, as .npy. */
import { join } from "node:path";
import type { Command } from "commander";
import { ConvkitError } from "../../core/index.ts";
import { type Dataset, isStored } from "../../data/index.ts";
import { csvCell } from "../../formats/csv-cell.ts";
import { encodeNpy } from "../../formats/index.ts";
import { makeFolder, writeFileAtomic } from "../../formats/node.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import { embed, featureExtractor } from "../../train/transfer/index.ts";
import { backend, whole } from "../arguments.ts";
import { openModelAndData } from "../data-for-model.ts";
import {
  addModelFlags,
  addPictureFlags,
  type ModelFlags,
  modelArgument,
  type PictureFlags,
} from "../model-argument.ts";
import { addDataFlags } from "../open-data.ts";
import { count, duration, Output } from "../output.ts";

interface Flags extends ModelFlags, PictureFlags {
  readonly layer?: string;
  readonly out: string;
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly json?: boolean;
}

export function embedCommand(program: Command): void {
  const command = program
    .command("embed")
    .description(
      "Writes what a network knows of pictures before it decides: the vector that its classifier reads, or the pooled output of a " +
        "layer. For each part of the data there are PART-features.npy (N×F floats), PART-labels.npy (N class numbers) and " +
        "PART-pictures.csv (a line for each row: its number, class and file).",
    )
    .argument(...modelArgument)
    .argument("<data>", "as for convkit train")
    .option("--layer <name>", "a layer of convkit summary; its map is averaged")
    .option("--out <dir>", "where to", "features");
  addModelFlags(command);
  addDataFlags(addPictureFlags(command))
    .option("--seed <n>", "divides a folder that has no test part", whole(0), 0)
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit embed resnet18 photos/ --weights resnet18.pth --out features
  convkit embed runs/photos photos/ --layer layer3
  convkit embed squeezenet.onnx photos/ --channels bgr --scale 1 --mean 104,117,123`,
    )
    .action((model: string, data: string, flags: Flags) => run(model, data, flags));
}

async function run(name: string, source: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { model, data } = await openModelAndData(name, source, flags, output);
  const { layer, out } = flags;
  const { preprocessing } = model;
  if (!preprocessing) {
    throw new ConvkitError(
      "embed",
      `nothing says how pictures are prepared for ${name} — give --channels, --scale, --mean and --std`,
    );
  }
  const features = featureExtractor(model.net, model.inputShape, { layer });
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  await makeFolder(out);
  for (const part of ["train", "validation", "test"] as const) {
    const dataset = data[part];
    if (!dataset) continue;
    const { fit, cropPct } = dataset;
    const begun = performance.now();
    const bar = output.bar(`${part} {bar} {value}/{total}`);
    const table = await embed(features, dataset, {
      ...{ device, preprocessing: { ...preprocessing, fit, cropPct } },
      onProgress: (done, total) => bar.update(done, total),
    }).finally(() => bar.stop());
    const seconds = (performance.now() - begun) / 1000;
    const { rows, width, labels, classes } = table;
    const write = (what: string, bytes: Uint8Array | string) =>
      writeFileAtomic(join(out, `${part}-${what}`), bytes);
    const shape = [rows, width];
    await write("features.npy", encodeNpy({ type: "f4", shape, data: table.features }));
    await write("labels.npy", encodeNpy({ type: "i4", shape: [rows], data: labels }));
    await write("pictures.csv", picturesOf(dataset));
    output.say(
      `${part}: ${count(rows)} pictures, ${count(width)} features each, ${duration(seconds)}`,
    );
    output.emit({ event: "features", part, pictures: rows, width, classes, out, seconds });
  }
  output.say(`written to ${out}`);
}

function picturesOf(dataset: Dataset): string {
  const { labels, classes } = dataset;
  const lines = Array.from(labels, (label, i) => {
    const name = isStored(dataset) ? dataset.files[i].name : "";
    return [String(i), classes[label], name].map(csvCell).join(",");
  });
  return `row,class,picture\n${lines.map((line) => `${line}\n`).join("")}`;
}
