/** `convkit probe MODEL DATA`: a new head on the features of a frozen network, in seconds. */
import { basename } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { parseTransforms } from "../../augment/settings.ts";
import { type BackendName, openDevice } from "../../tensor/index.ts";
import { absoluteSource, RunDirectory, writeRunLog } from "../../train/node.ts";
import {
  type Fitted,
  type HeadKind,
  headKinds,
  NONE,
  type Probe,
  parseClassMap,
  probe,
} from "../../train/transfer/index.ts";
import { saveProbe } from "../../train/transfer/save-probe-node.ts";
import { aboveZero, backend, share, whole } from "../arguments.ts";
import { formatConfusion } from "../confusion.ts";
import { openModelAndData } from "../data-for-model.ts";
import { typedCommand } from "../given-flags.ts";
import {
  addModelFlags,
  addPictureFlags,
  type ModelFlags,
  modelArgument,
  type PictureFlags,
} from "../model-argument.ts";
import { addDataFlags } from "../open-data.ts";
import { count, duration, Output, percent } from "../output.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags extends ModelFlags, PictureFlags {
  readonly head: HeadKind;
  readonly layer?: string;
  readonly map?: string;
  readonly c?: number;
  readonly k?: number;
  readonly metric: "cosine" | "euclidean";
  readonly only?: string;
  readonly quantile: number;
  readonly views: number;
  readonly augment: string;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly report?: boolean;
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly json?: boolean;
}

export function probeCommand(program: Command): void {
  const command = program
    .command("probe")
    .description(
      "Sends each training picture through a trained network once, makes a head of the features, and tests it: a linear one " +
        "(logistic regression), the k nearest neighbours, a one-class decision by distance, or the network's own classifier, of " +
        "whose classes some stand for those of the data. With --out the whole is saved as a run, which predicts as any other.",
    )
    .argument(...modelArgument)
    .argument("<data>", "as for convkit train")
    .option("--head <kind>", headKinds.join(", "), kind, "linear")
    .option("--layer <name>", "a layer of convkit summary to read in place of the features")
    .option(
      "--map <list>",
      "of head classifier: ants=ant,bees=309, names or numbers of its classes",
    )
    .option(
      "--c <strength>",
      "of head linear: inverse penalty (default: by cross-validation)",
      aboveZero,
    )
    .option("--k <n>", "neighbours (default: 5, 1 of one-class)", whole(1))
    .option("--metric <name>", "of neighbours: cosine or euclidean", metric, "cosine")
    .option("--only <class>", "of head one-class: describe this class alone")
    .option(
      "--quantile <share>",
      "of a class's own pictures that lie within its threshold",
      share,
      0.95,
    )
    .option("--views <n>", "of each training picture, all but the first augmented", whole(1), 1)
    .option(
      "--augment <list>",
      "as for convkit train, for --views",
      "randomResizedCrop:scale=0.35,1+flip",
    )
    .option("--out <dir>", "save it as a run")
    .option("--overwrite", "replace a run that is there already")
    .option("--no-report", "write no report.html into the run");
  addModelFlags(command);
  addDataFlags(addPictureFlags(command))
    .option("--seed <n>", "of all that is random", whole(0), 0)
    .option("--backend <name>", "auto, wasm or reference", backend, "auto")
    .option("--threads <n>", "default: one a core", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit probe resnet18 photos/ --weights resnet18.pth --out runs/photos
  convkit probe squeezenet.onnx photos/ --channels bgr --scale 1 --mean 104,117,123 --head knn
  convkit probe resnet18 pets/ --weights resnet18.pth --labels imagenet.txt --head classifier --map "cats=tabby+Egyptian cat,dogs=beagle"
  convkit probe runs/photos parts/ --head one-class --only sound`,
    )
    .action((model: string, data: string, flags: Flags) => runProbe(model, data, flags));
}

function kind(text: string): HeadKind {
  if ((headKinds as readonly string[]).includes(text)) return text as HeadKind;
  throw new InvalidArgumentError(`Choose ${headKinds.join(", ")}.`);
}

function metric(text: string): "cosine" | "euclidean" {
  if (text === "cosine" || text === "euclidean") return text;
  throw new InvalidArgumentError("Choose cosine or euclidean.");
}

/** What the command does; `train` with a frozen body does the same. */
export async function runProbe(name: string, source: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { head, out, overwrite, seed, views } = flags;
  if ((head === "classifier") !== (flags.map !== undefined)) {
    throw new UsageError("probe", "--head classifier and --map go together — give both, or none");
  }
  if (out !== undefined && !overwrite && (await new RunDirectory(out).exists())) {
    throw new UsageError(
      "probe",
      `${out}: is there already — replace it (--overwrite), or choose another name`,
    );
  }
  const augmentation = await asUsage(() => parseTransforms(flags.augment));
  const { model, data } = await openModelAndData(name, source, flags, output);
  const { classes } = data.train;
  const sources =
    flags.map === undefined
      ? undefined
      : await asUsage(() =>
          parseClassMap(flags.map as string, classes, {
            outputs: model.classes,
            labels: model.labels,
          }),
        );
  const device = await openDevice({ backend: flags.backend, threads: flags.threads });
  const bar = output.bar("features {bar} {value}/{total}");
  const made = await probe(model, data, {
    ...{ device, head, sources, seed, views, augmentation },
    ...{ layer: flags.layer, k: flags.k, metric: flags.metric, only: flags.only },
    ...{ C: flags.c, quantile: flags.quantile },
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  tell(output, made, data.test.length, name);
  if (out !== undefined) {
    await saveProbe(out, made, data, { overwrite, settings: { seed, views } });
    await writeRunLog(out, device, { command: typedCommand(), source: absoluteSource(source) });
    output.say(`\nmodel saved in ${new RunDirectory(out).path("model.safetensors")}`);
    // A class more than the data has, `none of them`, is in no confusion matrix.
    if (flags.report !== false && head !== "one-class") {
      const { tellReport } = await import("../report/tell-report.ts");
      await tellReport(output, made.classifier, data.test, out, true, undefined);
    }
  }
  const { test, fitted, seconds, width } = made;
  output.emit({
    ...{ event: "probe", model: name, data: data.train.name, head, width },
    ...{ accuracy: test.accuracy, loss: test.loss, classes: made.classifier.classes },
    ...{ confusion: test.confusion, nearest: test.nearest ?? null, rocAuc: test.rocAuc ?? null },
    C: fitted.kind === "linear" ? fitted.C : null,
    thresholds: fitted.kind === "one-class" ? fitted.thresholds : null,
    ...{ run: out ?? null, seconds },
  });
}

function tell(output: Output, made: Probe, pictures: number, name: string): void {
  const { test, fitted, seconds, width, classifier } = made;
  output.say(
    `${basename(name)}: ${count(width)} ${fitted.kind === "classifier" ? "scores" : "features"} a picture, computed in ` +
      `${duration(seconds.features)}; head made in ${duration(seconds.head)}`,
  );
  output.say(describe(fitted, classifier.classes));
  output.say(
    `\ntest accuracy ${percent(test.accuracy, 2)} of ${count(pictures)} pictures, loss ${test.loss.toFixed(4)}`,
  );
  if (test.nearest !== undefined) {
    output.say(`the nearest class, however far it is: ${percent(test.nearest, 2)}`);
  }
  for (const [c, area] of (test.rocAuc ?? []).entries()) {
    output.say(
      `${classifier.classes[c]} against all others: area under the ROC curve ${area.toFixed(3)}`,
    );
  }
  output.say(`\n${formatConfusion(test.confusion, classifier.classes)}`);
}

function describe(fitted: Fitted, classes: readonly string[]): string {
  switch (fitted.kind) {
    case "linear": {
      const best = fitted.tried.find(({ C }) => C === fitted.C);
      const why = best
        ? `, of ${fitted.tried.length} by cross-validation (accuracy ${percent(best.accuracy)})`
        : "";
      return `logistic regression, C ${fitted.C}${why}`;
    }
    case "one-class": {
      const each = fitted.thresholds.map((d, c) => `${classes[c]} ${d.toFixed(3)}`);
      return `largest distances that count as one of the class: ${each.join(", ")}; beyond is ${NONE}`;
    }
    case "knn":
      return "the nearest training pictures decide";
    default:
      return "its own classifier decides";
  }
}
