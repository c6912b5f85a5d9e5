/**
 * Figures of a segmentation from the confusion of its pixels, rows the truth: of each class the intersection over union and the Dice
 * coefficient, and their means over the classes that are there or were predicted.
 */
export interface ClassFigures {
  readonly meanIoU: number;
  readonly meanDice: number;
  readonly table: readonly ClassFigure[];
}

export interface ClassFigure {
  /** tp/(tp + fp + fn); NaN, as all three, for a class that is nowhere and was predicted nowhere. */
  readonly iou: number;
  /** 2·tp/(2·tp + fp + fn). */
  readonly dice: number;
  /** Share of what is of the class that was told so. */
  readonly recall: number;
  /** Share of what was told to be of the class that is. */
  readonly precision: number;
  /** Pixels of the class. */
  readonly pixels: number;
}

export function classFigures(confusion: readonly (readonly number[])[]): ClassFigures {
  const table = confusion.map((row, c): ClassFigure => {
    const hits = row[c];
    const pixels = row.reduce((sum, n) => sum + n, 0);
    const told = confusion.reduce((sum, other) => sum + other[c], 0);
    return {
      ...{ iou: hits / (pixels + told - hits), dice: (2 * hits) / (pixels + told) },
      ...{ recall: hits / pixels, precision: hits / told, pixels },
    };
  });
  const mean = (of: (figure: ClassFigure) => number): number => {
    const known = table.map(of).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return { meanIoU: mean(({ iou }) => iou), meanDice: mean(({ dice }) => dice), table };
}
