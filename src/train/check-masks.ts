/** Throws where a part of the data has no masks, or masks in memory are not of their pictures' size or hold what is no class. */
import { ConvkitError } from "../core/error.ts";
import { type Dataset, type DatasetPair, IGNORED, isSegmented, isStored } from "../data/index.ts";

export function checkMasks({ train, validation, test }: DatasetPair): void {
  for (const part of [train, validation, test]) if (part) checkPart(part);
}

function checkPart(part: Dataset): void {
  const { name, length, shape, classes } = part;
  if (!isSegmented(part)) {
    throw new ConvkitError(
      "data",
      `${name}: some parts have masks, one has none — give all parts masks`,
    );
  }
  if (isStored(part)) return;
  const [, height, width] = shape;
  const { masks } = part;
  if (masks.length !== length * height * width) {
    throw new ConvkitError(
      "data",
      `${name}: masks have ${masks.length} numbers, ${length} pictures of ${height}×${width} pixels have ${length * height * width} — ` +
        "give each pixel its class",
    );
  }
  const bad = masks.findIndex((label) => label >= classes.length && label !== IGNORED);
  if (bad < 0) return;
  throw new ConvkitError(
    "data",
    `${name}: the mask of picture ${Math.floor(bad / (height * width))} holds ${masks[bad]}, there are ${classes.length} classes, ` +
      `and ${IGNORED} is ignored — correct the masks`,
  );
}
