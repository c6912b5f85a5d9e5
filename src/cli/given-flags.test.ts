import { Command } from "commander";
import { expect, test } from "vitest";
import { pair } from "./arguments.ts";
import { givenFlags, shellWord, shellWords } from "./given-flags.ts";

test("flags that were given are said again, defaults and the excepted are not", () => {
  const command = new Command()
    .option("--betas <b1,b2>", "", pair)
    .option("--nesterov")
    .option("--class-weights <list>")
    .option("--seed <n>", "", Number, 0)
    .option("--out <dir>");
  const words = ["--nesterov", "--betas", "0.9,0.99", "--out", "run", "--class-weights", "it's 1"];
  command.parse(words, { from: "user" });
  expect(givenFlags(command, ["out"])).toBe(
    ` --betas 0.9,0.99 --nesterov --class-weights 'it'\\''s 1'`,
  );
});

test("words that were quoted for a shell are read back", () => {
  const words = ["train", "my photos/", "it's", "a'b'c", "--freeze", "conv*", "x=1", "\\n", "ü"];
  expect(shellWords(words.map(shellWord).join(" "))).toEqual(words);
});
