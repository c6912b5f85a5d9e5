/**
 * What a schedule's file says of it: its entry in the catalogue, and samples that are compared with PyTorch's curves over 100
 * steps. An export of its own beside the schedule, `cosineSpec`, so that a bundle leaves it out.
 */
import type { CatalogEntry } from "../../core/catalog.ts";
import type { Schedule } from "./schedule.ts";

export interface ScheduleSpec extends CatalogEntry {
  readonly samples: readonly ScheduleSample[];
}

export interface ScheduleSample {
  /** Told from the schedule's other samples by it. */
  readonly name: string;
  readonly schedule: Schedule;
  /** In golden/make_goldens.py: a scheduler of `o`, an optimiser of rate 1. */
  readonly torch: string;
  /** Watched values, one after every fourth step. */
  readonly history?: readonly number[];
}
