/**
 * Measures convkit beside its peers on one machine in one go. Rounds alternate: in each round every peer runs
 * once, in a process of its own, in an order that shifts from round to round; the results are medians over the
 * rounds, and ratios are taken within a round.
 */
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Budget, Entrant, type Result } from "./entrant.ts";
import { peers } from "./peers.ts";
import { save, table, verdict } from "./report.ts";
import { workloads } from "./workloads.ts";

const usage = `Usage: npm run bench -- [options]

  --workload NAME   only these (repeat it, or separate by commas; a part of the name will do)
  --peer NAME       only these, in the same way; convkit itself is always measured
  --threads LIST    thread counts of those that have threads (default: 1,2)
  --rounds N        rounds, each with a process per peer (default: 5)
  --quick           half a second per process instead of two; leaves out slow peers
  --json            one JSON line per result on standard output
  --save            write the results to bench/results/<machine>.csv too
  --list            name workloads and peers, and stop

  npm run bench -- --workload train/lenet5 --peer pytorch
  npm run bench -- --json --quick > results.jsonl
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      workload: { type: "string", multiple: true },
      peer: { type: "string", multiple: true },
      threads: {
        type: "string",
        default: [1, 2].filter((n) => n <= availableParallelism()).join(),
      },
      rounds: { type: "string", default: "5" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    ...values,
    rounds: positive("--rounds", values.rounds),
    threads: values.threads.split(",").map((text) => positive("--threads", text)),
    chosen: pick("--workload", workloads, values.workload),
    rivals: pick("--peer", peers, values.peer),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} ${text}: a whole number above 0 is expected`);
}

function pick<T extends { readonly name: string }>(
  option: string,
  all: readonly T[],
  wanted: readonly string[] | undefined,
): readonly T[] {
  const parts = wanted?.flatMap((text) => text.split(","));
  for (const part of parts ?? []) {
    if (all.some(({ name }) => name.includes(part))) continue;
    throw new Error(`${option} ${part}: choose from ${all.map(({ name }) => name).join(", ")}`);
  }
  return all.filter(({ name }) => !parts || parts.some((part) => name.includes(part)));
}

type Options = ReturnType<typeof readOptions>;

/** The share of all cores that others use while we only wait. */
async function busyShare(): Promise<number> {
  const sum = () => {
    const times = cpus().map((cpu) => cpu.times);
    const idle = times.reduce((total, { idle }) => total + idle, 0);
    return { idle, all: times.flatMap((t) => Object.values(t)).reduce((a, b) => a + b, 0) };
  };
  const before = sum();
  await sleep(1000);
  const after = sum();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** Threads that wait for each other lose most to a busy core: PyTorch's fall to a tenth. */
async function warnIfBusy(): Promise<void> {
  const busy = await busyShare();
  if (busy < 0.1) return;
  const share = `${Math.round(busy * 100)} % of the cores are busy with something else`;
  console.error(`[bench] ${share}: do not quote these figures — run it again on a quiet machine`);
}

function entrantsOf(workload: (typeof workloads)[number], options: Options): Entrant[] {
  const chosen = peers.filter((peer) => peer.name === "convkit" || options.rivals.includes(peer));
  const entrants = chosen.flatMap((peer) =>
    (peer.singleThreaded ? [1] : options.threads).map((t) => new Entrant(workload, peer, t)),
  );
  for (const entrant of entrants) {
    if (options.quick && entrant.slow) entrant.skipped ??= "slow; left out by --quick";
  }
  return entrants;
}

async function measure(entrants: readonly Entrant[], budget: Budget, say: (text: string) => void) {
  for (let round = 0; round < budget.rounds; round++) {
    // Every peer follows every other one at some time, and none is always first on a cool machine.
    const first = (round * 2) % entrants.length;
    for (const entrant of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      if (!entrant.runsIn(round)) continue;
      const { workload, peer, threads } = entrant;
      say(`${workload.name}  round ${round + 1}/${budget.rounds}  ${peer.name} ×${threads}`);
      await entrant.run(round, budget);
    }
  }
}

function resultsOf(entrants: readonly Entrant[]): Result[] {
  return entrants.map((entrant) => {
    const same = ({ peer, threads }: Entrant) =>
      peer.name === "convkit" && threads === entrant.threads;
    return entrant.result(entrants.find(same));
  });
}

async function main(options: Options): Promise<void> {
  if (options.list) {
    console.log([...workloads, ...peers].map(({ name }) => name).join("\n"));
    return;
  }
  await warnIfBusy();
  const budget = { seconds: options.quick ? 0.5 : 2, rounds: options.rounds };
  const live = process.stderr.isTTY;
  const say = (text: string) => process.stderr.write(live ? `\r\x1b[2K${text}` : "");
  const all: Result[] = [];
  for (const workload of options.chosen) {
    const entrants = entrantsOf(workload, options);
    await measure(entrants, budget, say);
    say("");
    const results = resultsOf(entrants);
    all.push(...results);
    if (options.json) for (const result of results) console.log(JSON.stringify(result));
    else console.log(`\n${workload.name}\n${table(results)}`);
  }
  const verdicts = options.chosen.flatMap(({ name }) => {
    return verdict(all.filter(({ workload }) => workload === name)) ?? [];
  });
  if (verdicts.length > 0) {
    (options.json ? console.error : console.log)(`\n${verdicts.join("\n")}`);
  }
  await warnIfBusy();
  if (options.save) {
    console.error(`Saved ${save(all, new Date(), join(import.meta.dirname, "results"))}`);
  }
  if (all.every(({ imagesPerSecond }) => imagesPerSecond === undefined)) process.exitCode = 1;
}

if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
  console.log(usage);
} else {
  try {
    await main(readOptions());
  } catch (error) {
    console.error(`[bench] ${(error as Error).message}`);
    process.exitCode = 2;
  }
}
