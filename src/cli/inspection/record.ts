/** What `--json` says of an inspection. */
import {
  countFiles,
  type InspectedPicture,
  type Inspection,
  imbalanceOf,
  rangeOf,
  suggestedSize,
} from "../../data/node.ts";
import { sortedCopies } from "./faults.ts";
import { sizeBins, suggestedCommand, tally } from "./figures.ts";

export function inspectionRecord(data: string, inspection: Inspection): object {
  const { name, classes, parts, pictures, broken, normalization, notes } = inspection;
  const counted = (pick: (picture: InspectedPicture) => string | undefined): object =>
    Object.fromEntries(tally(pictures.flatMap((picture) => pick(picture) ?? [])));
  return {
    event: "inspection",
    ...{ data, name, images: pictures.length, classes },
    counts: Object.fromEntries(parts.map((part) => [part, countFiles(inspection, part)])),
    imbalance: imbalanceOf(inspection),
    sizes:
      pictures.length === 0
        ? null
        : {
            width: rangeOf(pictures.map(({ width }) => width)),
            height: rangeOf(pictures.map(({ height }) => height)),
            shorterSide: Object.fromEntries(
              sizeBins(pictures).map((bin) => [bin.label, bin.count]),
            ),
          },
    formats: counted(({ format }) => format),
    modes: counted(({ mode }) => mode),
    grey: pictures.filter(({ isGrey }) => isGrey).length,
    turned: pictures.filter(({ isTurned }) => isTurned).length,
    ...normalization,
    broken: broken.map(({ name: file, part, label, reason }) => ({
      ...{ file, part, class: classes[label], reason },
    })),
    copies: sortedCopies(inspection).map(({ pictures: numbers, ...how }) => ({
      files: numbers.map((i) => {
        const { name: file, part, label } = pictures[i];
        return { file, part, class: classes[label] };
      }),
      ...how,
    })),
    suggestedSize: suggestedSize(inspection) ?? null,
    command: suggestedCommand(data, inspection),
    notes,
  };
}
