/**
 * The ten digits as pictures of 7×12 points, +1 for ink and −1 for paper: centres of the output units of a LeNet-5.
 * They are drawn for this library after the idea of the paper (LeCun et al. 1998, figure 3), not copied from it:
 * codes that look alike where the digits do.
 */
const WIDTH = 7;

// One picture every eight columns.
const zeroToFour = [
  "....... ....... ....... ....... .......",
  "..###.. ...#... .#####. .#####. .....#.",
  ".#...#. ..##... #.....# #.....# ....##.",
  "#.....# .#.#... ......# ......# ...#.#.",
  "#.....# ...#... ......# ......# ..#..#.",
  "#.....# ...#... .....#. ..####. .#...#.",
  "#.....# ...#... ...##.. ......# #....#.",
  "#.....# ...#... ..#.... ......# #######",
  "#.....# ...#... .#..... ......# .....#.",
  ".#...#. ...#... #...... #.....# .....#.",
  "..###.. .#####. ####### .#####. .....#.",
  "....... ....... ....... ....... .......",
];
const fiveToNine = [
  "....... ....... ....... ....... .......",
  "####### ..####. ####### .#####. .#####.",
  "#...... .#..... ......# #.....# #.....#",
  "#...... #...... ......# #.....# #.....#",
  "#...... #...... .....#. #.....# #.....#",
  "######. #.####. .....#. .#####. #....##",
  "......# ##....# ....#.. #.....# .####.#",
  "......# #.....# ....#.. #.....# ......#",
  "......# #.....# ...#... #.....# ......#",
  "#.....# #.....# ...#... #.....# .....#.",
  ".#####. .#####. ...#... .#####. .####..",
  "....... ....... ....... ....... .......",
];

const picture = (rows: readonly string[], place: number): number[] =>
  rows.flatMap((row) =>
    [...row.slice(place * (WIDTH + 1), place * (WIDTH + 1) + WIDTH)].map((point) =>
      point === "#" ? 1 : -1,
    ),
  );

/** Digit d is `digitBitmaps[d]`: 84 values, row-major. */
export const digitBitmaps: readonly (readonly number[])[] = /* @__PURE__ */ [
  zeroToFour,
  fiveToNine,
].flatMap((rows) => [0, 1, 2, 3, 4].map((place) => picture(rows, place)));
