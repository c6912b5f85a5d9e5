/** The ops: their table, their meanings in doubles, and the drawing of sample inputs for tests of one's own. */
export { drawInputs } from "./draw.ts";
export { allOps, library } from "./library.ts";
export type { G, None, Op } from "./op.ts";
export { type OracleTable, oracles } from "./oracles.ts";
export { table } from "./table.ts";
