import { expect, test } from "vitest";
import { formatSchedule, parseSchedule } from "./schedule-words.ts";

test.each([
  ["cosine", "cosine"],
  ["oneCycle", "one-cycle"],
  ["step:size=10,gamma=0.5", { name: "step", size: 10, gamma: 0.5 }],
  ["multi-step:milestones=0.5,0.75", { name: "multi-step", milestones: [0.5, 0.75] }],
  ["multi-step:milestones=9,30,gamma=0.5", { name: "multi-step", milestones: [9, 30], gamma: 0.5 }],
  ["multistep:milestones=30", { name: "multi-step", milestones: [30] }],
  ["cyclic:mode=triangular2,up=0.05", { name: "cyclic", mode: "triangular2", up: 0.05 }],
])("%s is read, and written again", (text, expected) => {
  const parsed = parseSchedule(text);
  expect(parsed).toEqual(expected);
  expect(parseSchedule(formatSchedule(parsed))).toEqual(expected);
});

test("what cannot be read is told", () => {
  expect(() => parseSchedule("cosin")).toThrow("did you mean cosine?");
  expect(() => parseSchedule("step:10")).toThrow('[schedule] "10" is no setting — write key=value');
});
