import { expect, test } from "vitest";
import { convkit } from "../../../test/command-line.ts";
import { listModels } from "../../models/index.ts";

test("every model has a line under its source, and a record with all that is known of it", async () => {
  const [text, json, known] = await Promise.all([
    convkit("models"),
    convkit("models", "--json"),
    listModels(),
  ]);
  expect([text.code, json.code]).toEqual([0, 0]);
  const lines = text.stdout.split("\n");
  for (const { name, source, parameters } of known) {
    const at = lines.findIndex((line) => line.startsWith(`  ${name} `));
    expect(lines[at]).toContain(` ${parameters.toLocaleString("en-US")} `);
    const heading = lines.slice(0, at).findLast((line) => line !== "" && !line.startsWith("  "));
    expect(heading).toBe(source);
  }
  expect(json.events).toEqual(known.map((info) => ({ event: "model", ...info })));
});

test("a word chooses, and one that nothing holds is wrong usage", async () => {
  const [some, none, known] = await Promise.all([
    convkit("models", "ResNet1", "--json"),
    convkit("models", "resnt50"),
    listModels(),
  ]);
  const names = known.map(({ name }) => name).filter((name) => name.includes("resnet1"));
  expect(names).toContain("resnet101");
  expect(some.events.map(({ name }) => name)).toEqual(names);
  expect([none.code, none.stdout]).toEqual([2, ""]);
  expect(none.stderr).toMatch(/did you mean resnet50\?/);
});
