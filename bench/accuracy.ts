/**
 * Accuracy against time: trains in fresh processes for so many minutes each and tells the test accuracy and the time on the wall,
 * from the start of the process to its end.
 *
 *     npx node --conditions=convkit-source bench/accuracy.ts --minutes 1,2,5 --seeds 3 -- cifar10:DIR --recipe cifar
 *
 * What follows the dashes goes to `convkit train`. Without `--minutes` the recipe's own epochs are trained. A line of JSON for each run,
 * then a table.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

interface Outcome {
  readonly minutes: number | undefined;
  readonly seed: number;
  /** Per cent. */
  readonly accuracy: number;
  readonly epochs: number;
  /** Of the whole process. */
  readonly seconds: number;
}

const cli = join(import.meta.dirname, "../bin/convkit.js");

const { values, positionals: command } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string" }, seeds: { type: "string", default: "1" } },
});
const budgets = values.minutes?.split(",").map(Number) ?? [undefined];

const outcomes: Outcome[] = [];
for (const budget of budgets) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const outcome = await trained(budget, seed);
    outcomes.push(outcome);
    console.log(JSON.stringify(outcome));
  }
}
console.log(
  "\n| minutes | test accuracy by seed | epochs | seconds on the wall |\n|---|---|---|---|",
);
for (const budget of budgets) {
  const own = outcomes.filter((outcome) => outcome.minutes === budget);
  const column = (of: (outcome: Outcome) => string) => own.map(of).join(", ");
  console.log(
    `| ${budget ?? "–"} | ${column(({ accuracy }) => `${accuracy.toFixed(2)} %`)} | ` +
      `${column(({ epochs }) => epochs.toFixed(1))} | ${column(({ seconds }) => seconds.toFixed(0))} |`,
  );
}

async function trained(budget: number | undefined, seed: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "convkit-accuracy-"));
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[cli, "train", ...command, `--seed=${seed}`, `--out=${join(folder, "run")}`],
      ...["--json", "--no-report", ...(budget === undefined ? [] : [`--minutes=${budget}`])],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const seen: Record<string, Record<string, number>> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, ...numbers } = JSON.parse(line);
    seen[event] = numbers;
  }
  const seconds = (performance.now() - begun) / 1000;
  await rm(folder, { recursive: true });
  const { start, epoch, done } = seen;
  if (!done) throw new Error(`the training with seed ${seed} came to no end`);
  const epochs = epoch.step / Math.ceil(start.train / start.batch);
  return { minutes: budget, seed, accuracy: 100 * done.accuracy, epochs, seconds };
}
