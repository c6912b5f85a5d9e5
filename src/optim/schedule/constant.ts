/** The base learning rate throughout. */
import type { Schedule } from "./schedule.ts";

export const constant = (): Schedule => () => 1;
