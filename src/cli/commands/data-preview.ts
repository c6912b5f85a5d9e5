/** `convkit data preview DATA --augment …`: what a training makes of the pictures, as a picture. */
import type { Command } from "commander";
import { parseTransforms } from "../../augment/settings.ts";
import { Random } from "../../core/random.ts";
import { type Dataset, parseSource } from "../../data/index.ts";
import { viewPictures } from "../../data/node.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import { drawContactSheet, type SheetRow } from "../../image/node.ts";
import { splitOff } from "../../train/data-parts.ts";
import { namedRecipe, recipeNames } from "../../train/named-recipes.ts";
import { pictureSize, pngFile, share, whole } from "../arguments.ts";
import { addDataFlags, type DataFlags, openNamedData } from "../open-data.ts";
import { Output } from "../output.ts";
import { asUsage, UsageError } from "../usage.ts";

interface Flags extends DataFlags {
  readonly augment?: string;
  readonly recipe?: string;
  readonly out: string;
  readonly count: number;
  readonly variants: number;
  readonly seed: number;
  readonly size?: [number, number];
  readonly val?: number;
  readonly json?: boolean;
}

/** Where the training's own size is larger, pictures are shown smaller. */
const CELL = 160;

export function dataPreviewCommand(data: Command): void {
  const command = data
    .command("preview")
    .summary("show what augmentation makes of pictures")
    .description(
      "Draws some pictures to train on, and beside each how a training with the same seed sees it in its first epochs: the very pixels, " +
        "before mean and deviation.",
    )
    .argument("<data>", "as for convkit train")
    .option(
      "--augment <list>",
      "transforms as for convkit train, such as randomResizedCrop+randomHorizontalFlip",
    )
    .option("--recipe <name>", `the transforms and size of ${recipeNames.join(", ")}`)
    .option("--out <file>", "the picture to write", pngFile, "preview.png")
    .option("--count <n>", "pictures", whole(1), 8)
    .option("--variants <n>", "epochs", whole(1), 6)
    .option("--size <HxW>", "of pictures in files (default: the recipe's, or 64x64)", pictureSize)
    .option(
      "--val <share>",
      "what the training holds back for validation (default: the recipe's, or 0.1)",
      share,
    )
    .option("--seed <n>", "of the training", whole(0), 0);
  addDataFlags(command)
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit data preview photos/ --augment "randomResizedCrop:scale=0.35,1+randomHorizontalFlip" --size 224
  convkit data preview photos/ --recipe finetune --count 4 --out finetune.png
  convkit data preview cifar10:data/cifar10 --augment "randomCrop:padding=4+cutout:length=8"`,
    )
    .action((source: string, flags: Flags) => preview(source, flags));
}

async function preview(source: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json ?? false);
  const { out, count, variants, seed, skipBroken } = flags;
  await asUsage(() => parseSource(source));
  const recipe = await asUsage(() =>
    flags.recipe === undefined ? undefined : namedRecipe(flags.recipe),
  );
  const augmentation = await asUsage(() =>
    flags.augment === undefined ? recipe?.augmentation : parseTransforms(flags.augment),
  );
  if (!augmentation) {
    throw new UsageError("preview", "no transforms named — give --augment or --recipe");
  }
  const side = recipe?.size;
  const size = flags.size ?? (side === undefined ? undefined : ([side, side] as const));
  const pair = await openNamedData(source, { seed, size, skipBroken }, output);
  const { train } = splitOff(pair, flags.val ?? recipe?.validation ?? 0.1, seed);
  const order = new Random(seed, "preview").shuffle(
    Uint32Array.from({ length: train.length }, (_, i) => i),
  );
  const chosen = [...order.subarray(0, count)].sort((a, b) => a - b);
  const options = { augmentation, seed, epochs: variants };
  const views = await asUsage(() => viewPictures(train, chosen, options));
  const titles = chosen.map((i) => titleOf(train, i));
  const rows = views.map((pictures, row): SheetRow => ({ title: titles[row], pictures }));
  const columns = ["as it is", ...Array.from({ length: variants }, (_, i) => `epoch ${i + 1}`)];
  const cell = Math.min(CELL, Math.max(96, ...train.shape.slice(1)));
  await writeFileAtomic(out, await drawContactSheet(rows, { cell, columns }));
  output.say(`${out}: ${chosen.length} pictures of ${train.name}, ${variants} epochs`);
  output.emit({
    event: "preview",
    ...{ data: source, out, augmentation },
    ...{ size: train.shape.slice(1), seed, epochs: variants },
    pictures: titles,
  });
}

const titleOf = (dataset: Dataset, i: number): string =>
  "files" in dataset
    ? (dataset.files[i].name.split(/[\\/]/).at(-1) as string)
    : `${dataset.classes[dataset.labels[i]]}, ${i}`;
