/** The share of examples whose largest score is their label's. */
import type { Metric } from "./metric.ts";
import { topK } from "./top-k.ts";

export const accuracy = (): Metric<number> => topK(1);
