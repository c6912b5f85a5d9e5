/** What `#reference` (package.json, "imports") gives where the reference backend is at hand. */
import type { OracleTable } from "../../ops/oracles.ts";
import type { Device } from "../backend.ts";
import type { evaluate } from "./evaluate.ts";

export type LoadReference = () => Promise<{
  readonly evaluate: typeof evaluate;
  readonly referenceDevice: () => Device;
  readonly oracles: OracleTable;
}>;
