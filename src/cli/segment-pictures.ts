/** `convkit predict` of a model that gives each pixel a class: masks as files, and pictures with their masks over them. */
import { basename, dirname, extname, join, resolve } from "node:path";
import { ConvkitError } from "../core/index.ts";
import { makeFolder, readBytes, writeFileAtomic } from "../formats/node.ts";
import { type Image, overlay } from "../image/index.ts";
import { decodeImage, encodeImage, encodeMask } from "../image/node.ts";
import type { Segmenter } from "../train/index.ts";
import { type Output, percent } from "./output.ts";

export interface SegmentOptions {
  /** Where the files go: beside the picture when left out. */
  readonly out?: string;
  readonly invert: boolean;
}

/** Writes an indexed PNG and an overlay for each picture: `cat.png` and `cat.overlay.png` in `out`, or `cat.mask.png` beside `cat.jpg`. */
export async function segmentPictures(
  model: Segmenter,
  files: readonly string[],
  { out, invert }: SegmentOptions,
  output: Output,
): Promise<void> {
  if (out !== undefined) await makeFolder(out);
  const written = new Map<string, string>();
  for (const file of files) {
    const image = await decodeImage(await readBytes(file), file);
    const stem = basename(file, extname(file));
    const mask =
      out === undefined ? join(dirname(file), `${stem}.mask.png`) : join(out, `${stem}.png`);
    const shown = join(out ?? dirname(file), `${stem}.overlay.png`);
    const other = written.get(mask) ?? (resolve(mask) === resolve(file) ? file : undefined);
    if (other !== undefined) {
      throw new ConvkitError(
        "predict",
        `the mask of ${file} would replace ${other === file ? "the picture" : `that of ${other}`} — name another folder by --out`,
      );
    }
    written.set(mask, file);
    const found = await model.predict(invert ? inverted(image) : image);
    await writeFileAtomic(mask, encodeMask(found.mask));
    await writeFileAtomic(shown, await encodeImage(overlay(image, found.mask)));
    const words = found.classes.map(({ label, share }) => `${label} ${percent(share)}`);
    output.say(`${file}: ${words.join(", ")}; ${mask}, ${shown}`);
    output.emit({
      event: "segmentation",
      image: file,
      mask,
      overlay: shown,
      classes: found.classes,
    });
  }
}

const inverted = (image: Image): Image => ({
  ...image,
  data: image.data.map((byte) => 255 - byte),
});
