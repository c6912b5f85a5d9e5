/**
 * Schedules as the command line has them: a name, or a name with settings,
 *
 *     cosine;   step:size=10,gamma=0.5;   multi-step:milestones=0.5,0.75,gamma=0.3;   cyclic:mode=triangular2,up=0.05
 *
 * A value is a number, a word, or numbers with commas. Whether the schedule has such a setting is asked when it is made.
 */
import { ConvkitError } from "../core/index.ts";
import { parseScheduleName, type ScheduleName, type ScheduleSettings } from "../train/index.ts";

export function parseSchedule(text: string): ScheduleName | ScheduleSettings {
  const { name: word, ...settings } = parseNamed(text);
  const name = parseScheduleName(word);
  if (Object.keys(settings).length === 0) return name;
  return { name, ...settings } as ScheduleSettings;
}

/** `softmaxFocal:gamma=2`: whatever is chosen by a name and has settings. */
export function parseNamed(text: string): { name: string; [setting: string]: unknown } {
  const [name, ...rest] = text.split(":");
  // A comma that no key=value follows is one within a list.
  const settings = rest
    .join(":")
    .split(/,(?=[^,=]*=)/)
    .filter(Boolean)
    .map(setting);
  return { ...Object.fromEntries(settings), name };
}

function setting(text: string): [string, number | string | number[]] {
  const [, key, value] = /^([^=,]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined) {
    throw new ConvkitError(
      "schedule",
      `"${text}" is no setting — write key=value, such as step:size=10,gamma=0.5`,
    );
  }
  const words = value.split(",");
  // A milestone may stand alone.
  if (words.length > 1 || key === "milestones") return [key, words.map(Number)];
  return [key, Number.isNaN(Number(value)) ? value : Number(value)];
}

export function formatSchedule(schedule: string | ScheduleSettings): string {
  if (typeof schedule === "string") return schedule;
  const { name, ...settings } = schedule;
  const parts = Object.entries(settings).map(([key, value]) => `${key}=${[value].flat().join()}`);
  return parts.length === 0 ? name : `${name}:${parts.join(",")}`;
}
