import { expect, test } from "vitest";
import { parseClassMap } from "./class-map.ts";

const labels = ["bee", "ant, emmet, pismire", "tabby", "Egyptian cat", "bee"];
const parse = (text: string, names: readonly string[] | undefined = labels) =>
  parseClassMap(text, ["ants", "cats"], { outputs: 5, labels: names });

test("classes by number, by name, by one of several words for the same, and several for one", () => {
  expect(parse("ants=1,cats=2")).toEqual([[1], [2]]);
  expect(parse("cats=tabby+egyptian cat, ants=Ant")).toEqual([[1], [2, 3]]);
  expect(parseClassMap("ants=1,cats=4", ["ants", "cats"], { outputs: 5 })).toEqual([[1], [4]]);
});

test.each([
  ["ants=1", "nothing stands for cats"],
  ["ants=1,dogs=2,cats=3", '"dogs" is no class of the data, which has ants, cats'],
  ["ants=5,cats=1", "class 5 of 5"],
  ["ants=wasp,cats=tabby", 'the model has no class "wasp"'],
  ["ants=bee,cats=tabby", '"bee" is the name of the classes 0 and 4'],
  ["ants=,cats=tabby", 'the model has no class ""'],
])("%s is refused", (text, fact) => {
  expect(() => parse(text)).toThrow(fact);
});

test("names mean nothing where the model names no classes", () => {
  const call = () => parseClassMap("ants=ant,cats=tabby", ["ants", "cats"], { outputs: 5 });
  expect(call).toThrow("the model does not name its classes");
});
