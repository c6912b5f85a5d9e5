/** What the report of a segmentation shows: figures of each class, and test pictures with what is in them and what the model sees. */
import { type Dataset, isSegmented, maskAt, pictureAt } from "../../data/index.ts";
import { type Image, overlay } from "../../image/index.ts";
import { ConfusionCounts } from "../../metrics/confusion-counts.ts";
import { type ClassFigures, classFigures } from "../../train/class-figures.ts";
import type { Segmenter } from "../../train/index.ts";
import type { RunRecords } from "../run-records.ts";
import { type PagePicture, pagePicture } from "./page-picture.ts";
import { nameOf } from "./report-data.ts";

export interface SegmentationData extends RunRecords {
  readonly classes: readonly string[];
  readonly pictures: number;
  readonly accuracy: number;
  readonly loss: number;
  readonly confusion: readonly (readonly number[])[];
  readonly figures: ClassFigures;
  readonly imagesPerSecond: number;
  /** The worst first. */
  readonly samples: readonly SegmentationSample[];
}

export interface SegmentationSample {
  readonly name: string;
  readonly meanIoU: number;
  readonly picture: PagePicture;
  /** Over the picture. */
  readonly truth: PagePicture;
  readonly predicted: PagePicture;
}

/** So many pictures are looked at, evenly spread, of which those with the least mean IoU are shown. */
const limits = { seen: 48, shown: 12 } as const;

export async function gatherSegmentation(
  records: RunRecords,
  model: Segmenter,
  test: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<SegmentationData> {
  const begun = performance.now();
  const { accuracy, loss, confusion } = await model.evaluate(test, onProgress);
  const imagesPerSecond = (1000 * test.length) / (performance.now() - begun);
  return {
    ...records,
    ...{ classes: test.classes, pictures: test.length, accuracy, loss, confusion },
    ...{ figures: classFigures(confusion), imagesPerSecond },
    samples: await gatherSamples(model, test),
  };
}

interface Seen {
  readonly i: number;
  readonly meanIoU: number;
  readonly predicted: Image;
}

async function gatherSamples(model: Segmenter, test: Dataset): Promise<SegmentationSample[]> {
  if (!isSegmented(test)) return [];
  const seen: Seen[] = [];
  const step = Math.max(1, test.length / limits.seen);
  for (let at = 0; at < test.length; at += step) {
    const i = Math.floor(at);
    const { mask: predicted } = await model.predict(await pictureAt(test, i));
    const counts = new ConfusionCounts("report", {
      classes: test.classes.length,
      ignoreIndex: 255,
    });
    counts.update(predicted.data, (await maskAt(test, i)).data);
    seen.push({ i, predicted, meanIoU: classFigures(counts.matrix).meanIoU });
  }
  seen.sort((a, b) => a.meanIoU - b.meanIoU || a.i - b.i);
  return Promise.all(
    seen.slice(0, limits.shown).map(async ({ i, meanIoU, predicted }) => {
      const image = await pictureAt(test, i);
      return {
        ...{ name: nameOf(test, i), meanIoU, picture: await pagePicture(image) },
        truth: await pagePicture(overlay(image, await maskAt(test, i))),
        predicted: await pagePicture(overlay(image, predicted)),
      };
    }),
  );
}
