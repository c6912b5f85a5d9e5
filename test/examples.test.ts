/** Every example runs as its head comment says, and ends with what it promises; so do the programs of the README. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelNames } from "../src/models/index.ts";

const root = join(import.meta.dirname, "..");

function run(example: string): { code: number | null; text: string } {
  const words = ["--conditions=convkit-source", join(root, "examples", `${example}.ts`)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  return { code: status, text: stdout + stderr };
}

const percentage = (text: string) => Number(/right on ([\d.]+) %/.exec(text)?.[1]);

test("digits", () => {
  const { code, text } = run("digits");
  expect(code, text).toBe(0);
  expect(percentage(text)).toBeGreaterThan(95);
  expect(text).toMatch(/this is a \d \([\d.]+ %\)/);
});

test("custom-layer", () => {
  const { code, text } = run("custom-layer");
  expect(code, text).toBe(0);
  expect(text).toMatch(/^2\.body +conv2d/m);
  expect(percentage(text)).toBeGreaterThan(80);
});

test("gan", () => {
  const { code, text } = run("gan");
  expect(code, text).toBe(0);
  expect(text).toMatch(/the fakes lie around (3\.[89]|4\.[012]),/);
});

test("import-onnx", () => {
  const { code, text } = run("import-onnx");
  expect(code, text).toBe(0);
  expect(text).toMatch(/^teacher\.onnx: 10 scores$/m);
  expect(percentage(text)).toBeGreaterThan(90);
  expect(text).toMatch(/^student\.onnx: 2 scores, even, odd$/m);
});

test("each example is tested here", () => {
  const found = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
  expect(found.sort()).toEqual(["custom-layer.ts", "digits.ts", "gan.ts", "import-onnx.ts"]);
});

test("programs of the README", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const programs = [...text.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, program]) => program);
  const words = ["--conditions=convkit-source", "--input-type=module-typescript", "-"];
  const printed = programs.map((input) => {
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, input });
    return `${stdout}${stderr}`;
  });
  expect(printed).toEqual([
    expect.stringMatching(/^269397 parameters, 40550720 multiply-adds\n\[.*3 classes/),
    expect.stringMatching(/^accuracy 0\.9\d+\n$/),
    expect.stringMatching(/^loss 2\.[23]\d+\n$/),
  ]);
});

test("the README counts the zoo", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  expect(Number(/Its (\d+) networks/.exec(text)?.[1])).toBe(modelNames.length);
});
