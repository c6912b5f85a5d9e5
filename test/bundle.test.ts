/**
 * What a page downloads to train lenet5 on data in memory: its script and all that it loads, bundled as Vite bundles a page by
 * itself, minified and gzipped. Meanings and samples of ops stay behind, as does everything of Node.
 *
 * With the trainer a page has, for its 24 kB: a loop that goes by tasks, epochs whose parameters, pictures and sizes may change,
 * settings from recipes, data in memory or in files, a validation part that keeps classes balanced and near-duplicates together,
 * measures, and a classifier that predicts and saves. All else comes with whoever asks for it: augmentation, other samplers,
 * frozen layers and rates by layer, averages of weights, other optimisers and losses, checkpoints, segmentation, several outputs.
 */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import { meanings } from "./op-cases.ts";

/** Bytes: what they are, and next to nothing more. What not every page needs is to be loaded by those that do. */
const LIMITS = { "compiled by hand": 67_800, "with the trainer": 92_000 } as const;

const entries: Readonly<Record<keyof typeof LIMITS, string>> = {
  "compiled by hand": `
    import { adamW, compile, createModel, crossEntropy, nn, openDevice, tensor } from "convkit";
    globalThis.learn = async (images, labels) => {
      const device = await openDevice();
      const { net } = await createModel("lenet5", { inputShape: [1, 28, 28] });
      nn.initialize(net, [1, 28, 28], { seed: 0 });
      const optimizer = adamW({ lr: 2e-3 });
      const step = compile((x, y) => {
        const loss = crossEntropy(net.call(x, { training: true }), y);
        optimizer.step(loss, nn.parameters(net));
        return loss;
      }, { device, capacity: 64 });
      return (await step(tensor(images, [64, 1, 28, 28]), tensor(labels))).data[0];
    }`,
  "with the trainer": `
    import { train } from "convkit";
    globalThis.learn = (data) => train("lenet5", { data, epochs: 1, seed: 0 });`,
};

/** Text of the oracles: names of samples and PyTorch's expressions, long enough to stand nowhere else. */
const MARKERS = Object.values(meanings).flatMap(({ torch = "", samples }) => [
  ...(torch.length >= 12 ? [torch] : []),
  ...samples
    .flat()
    .map(({ name }) => name)
    .filter((name) => name.length >= 20),
]);

const markersIn = (chunks: readonly Rolldown.OutputChunk[]) =>
  MARKERS.filter((marker) => chunks.some(({ code }) => code.includes(marker)));

interface Bundle {
  readonly chunks: readonly Rolldown.OutputChunk[];
  /** The entry, what it imports, and the model, the optimiser and the schedule that it asks for. */
  readonly loaded: readonly Rolldown.OutputChunk[];
}

async function bundle(source: string): Promise<Bundle> {
  const entry = join(import.meta.dirname, "entry.js"); // as if it stood here
  const result = await build({
    configFile: false,
    logLevel: "warn",
    root: import.meta.dirname,
    resolve: { conditions: ["convkit-source", "module", "browser", "development|production"] },
    plugins: [
      {
        name: "entry",
        resolveId: (name) => (name === entry ? entry : null),
        load: (name) => (name === entry ? source : null),
      },
    ],
    build: {
      write: false,
      target: "esnext",
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: entry },
    },
  });
  const { output } = [result].flat()[0] as Rolldown.RolldownOutput;
  const chunks = output.filter((part) => part.type === "chunk");
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set<Rolldown.OutputChunk>();
  const load = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || loaded.has(chunk)) return;
    loaded.add(chunk);
    for (const name of chunk.imports) load(byName.get(name));
  };
  load(chunks.find((chunk) => chunk.isEntry));
  for (const part of ["models/lenet5", "optim/adam", "optim/schedule/cosine"]) {
    load(chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(`/${part}.ts`))));
  }
  return { chunks, loaded: [...loaded] };
}

describe.each(Object.entries(entries))("%s", (name, source) => {
  let made: Bundle;
  beforeAll(async () => {
    made = await bundle(source);
  });

  test("is as small as it was, minified and gzipped", () => {
    const bytes = made.loaded.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    const files = `${made.loaded.length} files`;
    console.log(`lenet5 ${name} in a page: ${(bytes / 1000).toFixed(1)} kB in ${files}`);
    expect(bytes).toBeLessThan(LIMITS[name as keyof typeof LIMITS]);
    // The engine, the optimiser and the model are in there; other models are not.
    const code = made.loaded.map((chunk) => chunk.code).join();
    for (const part of ["exp_avg", "relaxed SIMD", "LeNet-5"]) expect(code).toContain(part);
    expect(code).not.toContain("ResNet-20");
  });

  test("holds no meaning and no sample of an op", () => {
    expect(markersIn(made.loaded)).toEqual([]);
  });

  test("imports nothing of Node", () => {
    for (const { code } of made.chunks) expect(code).not.toMatch(/["'`]node:|worker_threads/);
  });
});

test("meanings would be seen in a bundle", async () => {
  const { chunks } = await bundle(
    `import { oracles } from "../src/ops/oracles.ts"; globalThis.oracles = oracles;`,
  );
  expect(markersIn(chunks).length).toBeGreaterThan(50);
});
