import { expect, test } from "vitest";
import { convkit } from "../../../test/command-line.ts";
import { listModels } from "../../models/index.ts";

test("every model has a line, and a record with all that is known of it", async () => {
  const [text, json, known] = await Promise.all([
    convkit("models"),
    convkit("models", "--json"),
    listModels(),
  ]);
  expect([text.code, json.code]).toEqual([0, 0]);
  for (const { name, source } of known) {
    expect(text.stdout).toMatch(new RegExp(`^${name} .*${source.slice(0, 12)}`, "m"));
  }
  expect(json.events).toEqual(known.map((info) => ({ event: "model", ...info })));
});
