/**
 * The text of docs/layers.md, made from the catalogues of the library: every layer, fixed kernel, loss, measure, optimiser,
 * schedule and initialiser with its formula, shapes, source and PyTorch's name.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../src/core/catalog.ts";
import { lossSpecs } from "../src/losses/specs.ts";
import { metricSpecs } from "../src/metrics/specs.ts";
import { layerFamilies } from "../src/nn/catalog.ts";
import { initSpecs } from "../src/nn/init/specs.ts";
import { kernelSpecs } from "../src/nn/kernels/specs.ts";
import { scheduleSpecs } from "../src/optim/schedule/specs.ts";
import { optimizerSpecs } from "../src/optim/specs.ts";

export interface Section {
  readonly title: string;
  /** Where its files are, below the root. */
  readonly folder: string;
  /** What stands before a name in code that imports from "convkit": `nn.`. */
  readonly prefix: string;
  readonly entries: readonly CatalogEntry[];
}

const families = layerFamilies.map(
  ({ folder, title, specs }): Section => ({
    title,
    folder: `src/nn/${folder}`,
    prefix: "nn.",
    entries: specs,
  }),
);

// biome-ignore format: one section a line
const others: readonly Section[] = [
  { title: "Fixed kernels", folder: "src/nn/kernels", prefix: "nn.kernels.", entries: kernelSpecs },
  { title: "Initialisers", folder: "src/nn/init", prefix: "nn.init.", entries: initSpecs },
  { title: "Losses", folder: "src/losses", prefix: "losses.", entries: lossSpecs },
  { title: "Measures", folder: "src/metrics", prefix: "metrics.", entries: metricSpecs },
  { title: "Optimisers", folder: "src/optim", prefix: "", entries: optimizerSpecs },
  { title: "Schedules", folder: "src/optim/schedule", prefix: "schedule.", entries: scheduleSpecs },
];

export const sections: readonly Section[] = [...families, ...others];

export async function layersPage(root: string): Promise<string> {
  const layers = families.reduce((sum, { entries }) => sum + entries.length, 0);
  const counts = [
    `${layers} layers`,
    ...others.map(({ title, entries }) => `${entries.length} ${title.toLowerCase()}`),
  ];
  const contents = sections.map(
    ({ title, entries }) => `- [${title}](#${anchorOf(title)}) (${entries.length})`,
  );
  const texts = await Promise.all(sections.map((section) => sectionText(section, root)));
  return `# Layers, losses and the rest

${counts.slice(0, -1).join(", ")} and ${counts.at(-1)}.

Each has a small file of its own, to which its name leads. Options have PyTorch's names in camelCase and PyTorch's defaults,
parameters PyTorch's names, so that weights load; numbers are tested against PyTorch's, or against the paper's equations where
PyTorch has none. Names are those of \`import { nn, losses, metrics, schedule, sgd, … } from "convkit"\`.

Images are N×C×H×W, ⋆ is cross-correlation, σ the sigmoid. The last column has PyTorch's name, or the name in another library
where that is written before it. This page is made by \`npm run docs\`.

${contents.join("\n")}
${texts.join("")}`;
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(" ", "-");

async function sectionText(section: Section, root: string): Promise<string> {
  const files = await filesOf(section, root);
  const rows = section.entries.map((entry) => {
    const file = files.get(entry);
    if (!file)
      throw new Error(`${section.folder} has no file that exports the entry ${entry.name}`);
    const name = `[\`${section.prefix}${entry.name}\`](../${file})`;
    const torch = entry.torch === null ? "—" : code(entry.torch);
    const cells = [name, code(entry.formula), plain(entry.shapes), plain(entry.source), torch];
    return `| ${cells.join(" | ")} |`;
  });
  return `
## ${section.title}

| name | formula | shapes | source | PyTorch |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** The file of each entry of the section: the one that exports it. */
async function filesOf({ folder }: Section, root: string): Promise<Map<unknown, string>> {
  const found = new Map<unknown, string>();
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
    if (!/(?<!\.test)\.ts$/.test(file)) continue;
    const path = join(root, folder, file);
    if (!/^export const \w+Spec\b/m.test(readFileSync(path, "utf8"))) continue;
    const exported: Record<string, unknown> = await import(/* @vite-ignore */ path);
    for (const value of Object.values(exported)) found.set(value, `${folder}/${file}`);
  }
  return found;
}

/** In a table a bar ends the cell, in code as well. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${cell(text)}${fence}`;
};
const plain = (text: string): string => cell(text.replace(/[*_[\]<`]/g, "\\$&"));
