import { expect, test } from "vitest";
import { createModel } from "../models/index.ts";
import { namedRecipe, recipeNames } from "./named-recipes.ts";

test.each(recipeNames)("%s trains a model that there is", async (name) => {
  for (const minutes of [undefined, 1e6]) {
    const { model, epochs, batch } = namedRecipe(name, minutes);
    expect((await createModel(model)).info.name).toBe(model);
    expect(epochs).toBeGreaterThan(0);
    expect(batch).toBeGreaterThan(0);
  }
});

test("with more time a recipe may train a larger model, and is the same in all else that it leaves", () => {
  const { longer, ...short } = namedRecipe("cifar", 5);
  const { minutes = 0, ...changed } = longer ?? {};
  expect(namedRecipe("cifar")).toEqual({ ...short, longer });
  expect(namedRecipe("cifar", minutes)).toEqual({ ...short, longer, ...changed });
  expect(namedRecipe("cifar", minutes).model).not.toBe(short.model);
});

test("a name of none is refused with those that there are", () => {
  expect(() => namedRecipe("cfar")).toThrow(/there is no recipe "cfar"/);
});
