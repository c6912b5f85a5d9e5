/** A size for both axes, or one for rows and one for columns. */
export type Pair = number | readonly [rows: number, columns: number];

export const pair = (value: Pair): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;
