/**
 * Schedules as the command line has them: a name, or a name with settings,
 *
 *     cosine;   step:size=10,gamma=0.5;   multi-step:milestones=0.5;0.75;   cyclic:mode=triangular2,up=0.05
 *
 * A value is a number, a list of numbers with semicolons, or a word. Whether the schedule has such a setting is asked when it
 * is made.
 */
import { ConvkitError } from "../core/index.ts";
import { parseScheduleName, type ScheduleName, type ScheduleSettings } from "../train/index.ts";

export function parseSchedule(text: string): ScheduleName | ScheduleSettings {
  const [word, ...rest] = text.split(":");
  const name = parseScheduleName(word);
  const settings = rest.join(":").split(",").filter(Boolean).map(setting);
  if (settings.length === 0) return name;
  return { name, ...Object.fromEntries(settings) } as ScheduleSettings;
}

function setting(text: string): [string, number | string | number[]] {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined) {
    throw new ConvkitError(
      "schedule",
      `"${text}" is no setting — write key=value, such as step:size=10,gamma=0.5`,
    );
  }
  const numbers = value.split(";").map(Number);
  // A milestone may stand alone.
  if (value.includes(";") || key === "milestones") return [key, numbers];
  return [key, Number.isNaN(numbers[0]) ? value : numbers[0]];
}

export function formatSchedule(schedule: string | ScheduleSettings): string {
  if (typeof schedule === "string") return schedule;
  const { name, ...settings } = schedule;
  const parts = Object.entries(settings).map(
    ([key, value]) => `${key}=${[value].flat().join(";")}`,
  );
  return parts.length === 0 ? name : `${name}:${parts.join(",")}`;
}
