/** What should be put right before anything is trained, in a line each. */
import { type Copies, emptyClasses, type Inspection, sameClasses } from "../../data/node.ts";

/** `1 file is`, `3 files are` */
const are = (count: number, what: string): string =>
  count === 1 ? `1 ${what} is` : `${count} ${what}s are`;

export function faultsOf(inspection: Inspection): string[] {
  const { broken, copies } = inspection;
  const empty = emptyClasses(inspection);
  const [conflicts, leaks] = [
    copies.filter(({ acrossClasses }) => acrossClasses).length,
    copies.filter(({ acrossParts }) => acrossParts).length,
  ];
  return [
    ...(broken.length > 0 ? [`${are(broken.length, "file")} broken`] : []),
    ...(empty.length > 0 ? [emptyWords(empty)] : []),
    ...sameClasses(inspection).map(
      ({ classes: [a, b], shared, of }) =>
        `classes ${a} and ${b} hold the same photos, ${shared} of ${of}`,
    ),
    ...(conflicts > 0 ? [`${are(conflicts, "picture")} in two classes`] : []),
    ...(leaks > 0 ? [`${are(leaks, "picture")} both trained on and tested with`] : []),
  ];
}

const emptyWords = (empty: readonly string[]): string => {
  const names = empty.slice(0, 10).join(", ") + (empty.length > 10 ? ", …" : "");
  return `${empty.length === 1 ? "class" : "classes"} without a picture to train on: ${names}`;
};

/** What is to be said of copies, the worst first. */
export const kindOfCopies = ({ acrossClasses, acrossParts }: Copies): string =>
  acrossClasses
    ? "in two classes"
    : acrossParts
      ? "trained on and tested with"
      : "copies of one class";

/** Those in two classes first, then those on both sides of a test; equal ones before altered ones. */
export function sortedCopies({ copies }: Inspection): Copies[] {
  const rank = ({ acrossClasses, acrossParts, isExact }: Copies): number =>
    (acrossClasses ? 0 : acrossParts ? 2 : 4) + (isExact ? 0 : 1);
  return copies.toSorted((a, b) => rank(a) - rank(b) || a.pictures[0] - b.pictures[0]);
}
