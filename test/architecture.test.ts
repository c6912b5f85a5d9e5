/**
 * Holds the shape of the house: folders import only upwards in their rank, files form no circles, the engine
 * knows nothing of Node, every op and model stands in its list, and names and sizes keep to the rules.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";
import { sections } from "../docs/layers-page.ts";
import manifest from "../package.json" with { type: "json" };
import { table } from "../src/ops/table.ts";

// A folder imports only from folders before it; files directly in src/ may import anything.
// biome-ignore format: one row per storey of the house
const ranks = [
  "core", "graph", "ops", "autodiff", "passes", "loops", "plan", "backends",
  "tensor", "nn", "losses", "metrics", "optim",
  "formats", "image", "augment", "data", "models",
  "train", "explain", "generate", "cli",
];
const maxLines = 450;

interface Import {
  readonly specifier: string;
  readonly kind: "type" | "value" | "lazy";
}

const root = join(import.meta.dirname, "..");
const src = join(root, "src");
const all = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(src, join(entry.parentPath, entry.name)));
const files = all.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
const text = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
const imports = new Map(files.map((file) => [file, parseImports(text.get(file) as string)]));

function parseImports(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  const statement = /^(?:import|export)\s+(type\s)?(?:[^"'`;]*?\sfrom\s+)?["']([^"']+)["']/gm;
  for (const [, type, specifier] of code.matchAll(statement)) {
    found.push({ specifier, kind: type ? "type" : "value" });
  }
  for (const [, specifier] of code.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/g)) {
    found.push({ specifier, kind: "lazy" });
  }
  return found;
}

/** The imported file, relative to src/; undefined for a package. */
function target(file: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : undefined;
}

const folderOf = (file: string) => (file.includes("/") ? file.split("/")[0] : "");
/** `*-node.ts`, the barrels `<folder>/node.ts` of such files, and the command line. (A graph has nodes of its own.) */
const runsInNodeOnly = (file: string) =>
  file.endsWith("-node.ts") ||
  /^((formats|image|augment|data|train)\/)?node\.ts$/.test(file) ||
  folderOf(file) === "cli";

/** Runs `rule` over every import of every file and gathers what it objects to. */
function eachImport(rule: (file: string, entry: Import, to: string | undefined) => string | false) {
  return files.flatMap((file) =>
    (imports.get(file) as Import[]).flatMap((entry) => {
      const objection = rule(file, entry, target(file, entry.specifier));
      return objection ? [`${file}: ${objection}`] : [];
    }),
  );
}

test("the parser sees every way to import", () => {
  const source = `import a from "./a.ts";\nimport type { B } from "./b.ts";\nimport {\n  c,\n} from "./c.ts";
export * from "./d.ts";\nexport type { E } from "./e.ts";\nimport "./f.ts";
const g = () => import("./g.ts");\n// import h from "./h.ts";\n/* import i from "./i.ts"; */`;
  expect(parseImports(source).map((i) => `${i.specifier} ${i.kind}`)).toEqual([
    ..."acd"
      .split("")
      .map((n) => `./${n}.ts value`)
      .toSpliced(1, 0, "./b.ts type"),
    "./e.ts type",
    "./f.ts value",
    "./g.ts lazy",
  ]);
});

test("every folder has a rank and imports only from folders above it", () => {
  expect(files.length).toBeGreaterThan(0);
  const unranked = files.filter((file) => folderOf(file) && !ranks.includes(folderOf(file)));
  const wrong = eachImport((file, { specifier }, to) => {
    if (!folderOf(file) || to === undefined || folderOf(file) === folderOf(to)) return false;
    return ranks.indexOf(folderOf(to)) >= ranks.indexOf(folderOf(file)) && `imports ${specifier}`;
  });
  const missing = eachImport((_, { specifier }, to) =>
    to !== undefined && !existsSync(join(src, to)) ? `no such file as ${specifier}` : false,
  );
  expect([...unranked, ...wrong, ...missing]).toEqual([]);
});

test("files form no circles", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    for (const { specifier, kind } of imports.get(file) ?? []) {
      const to = target(file, specifier);
      if (to !== undefined && kind === "value") visit(to, [...path, file]);
    }
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

/** The folders that import a package, most often one. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "@dagrejs/dagre": ["explain"],
  "@observablehq/plot": ["cli"],
  "cli-progress": ["cli"],
  commander: ["cli"],
  "csv-parse": ["data"],
  "fft.js": ["image"],
  fflate: ["formats/zip"],
  hyparquet: ["formats/parquet"],
  "hyparquet-compressors": ["formats/parquet"],
  linkedom: ["cli"],
  pbf: ["formats/onnx", "formats/tensorboard"],
  sharp: ["image"],
  "tar-stream": ["formats/tar"],
};
/** These run in browsers. */
const browserPackages = [
  "crc-32/crc32c.js",
  "csv-parse/browser/esm/sync",
  "fft.js",
  "fflate",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet/src/column.js",
  "hyparquet/src/datapage.js",
  "pbf",
];
/** What reads and writes files of others is loaded by those who have such files: subpaths of their own, outside `convkit`. */
const subpaths =
  /^formats\/(mat|onnx|parquet|pytorch|layers-model|tensorboard|zip)\/|^formats\/npz\.ts$/;

/** Files by where they are imported from, starting at `entries`. */
function reachedFrom(entries: readonly string[], kinds: readonly Import["kind"][]): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { specifier, kind } of imports.get(file) ?? []) {
      const to = target(file, specifier);
      if (to !== undefined && kinds.includes(kind)) visit(to);
    }
  };
  entries.forEach(visit);
  return reached;
}

test("what a browser loads imports neither Node nor a package nor a file that does", () => {
  const wrong = eachImport((file, { specifier }, to) => {
    if (runsInNodeOnly(file)) return false;
    if (to !== undefined) return runsInNodeOnly(to) && `imports ${specifier}`;
    const isKnown = specifier in manifest.imports || browserPackages.includes(specifier);
    return !isKnown && `imports ${specifier}`;
  });
  const loaded = [...reachedFrom(["index.ts"], ["value"])].filter((file) => subpaths.test(file));
  expect([...wrong, ...loaded]).toEqual([]);
});

test("a package is a dependency, and one folder imports it", () => {
  expect(Object.keys(manifest.dependencies)).toEqual(Object.keys(homes).sort());
  const astray = eachImport((file, { specifier }, to) => {
    if (to !== undefined || specifier.startsWith("node:") || specifier in manifest.imports) {
      return false;
    }
    // `doctor` asks for sharp's version.
    if (specifier === "sharp" && file === "cli/commands/doctor.ts") return false;
    // `crc-32/crc32c.js` is a file of crc-32.
    const name = Object.keys(homes).find((own) => `${specifier}/`.startsWith(`${own}/`)) ?? "";
    const isHome = homes[name]?.some((folder) => `${dirname(file)}/`.startsWith(`${folder}/`));
    return !isHome && `imports ${specifier}`;
  });
  expect(astray).toEqual([]);
});

test("every file is part of the package or of a catalogue", () => {
  const sources = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [] : [entry["convkit-source"]],
  );
  const platforms = Object.values(manifest.imports).flatMap((entry) => Object.values(entry));
  const entries = [...sources, ...platforms].map((path) => relative("src", path));
  // What tests and docs read, and code of workers.
  const others = [
    "nn/catalog.ts",
    "backends/wasm/threads-worker.ts",
    "data/picture-worker-node.ts",
    "metrics/golden/draw.ts",
  ];
  const catalogues = files.filter((file) => file.endsWith("/specs.ts"));
  const reached = reachedFrom(
    ["cli/main.ts", ...entries, ...others, ...catalogues],
    ["value", "type", "lazy"],
  );
  expect(files.filter((file) => !reached.has(file))).toEqual([]);
});

test("a file takes a layer, loss, measure or optimiser from where it stands, not from a list that loads all", () => {
  const lists = /^(nn|losses|metrics|optim)\/(.*\/)?index\.ts$/;
  const isList = (file: string) =>
    /(^|\/)(index|node)\.ts$/.test(file) && !file.startsWith("models");
  const wrong = eachImport(
    (file, { specifier, kind }, to) =>
      kind !== "type" &&
      !isList(file) &&
      to !== undefined &&
      lists.test(to) &&
      `imports ${specifier}`,
  );
  expect(wrong).toEqual([]);
});

test("an op applied by its name is one of the engine's table", () => {
  const named = /\bapply\(\s*"(\w+)"/g;
  const wrong = files.flatMap((file) =>
    [...(text.get(file) as string).matchAll(named)]
      .filter(([, name]) => !Object.hasOwn(table, name))
      .map(([, name]) => `${file}: apply("${name}") — pass its definition`),
  );
  expect(wrong).toEqual([]);
});

test("every op and its oracle, and every model, stands in its list", () => {
  const unlisted = (folder: string, lists: readonly string[], exported: RegExp) => {
    const listed = lists.map((list) => text.get(`${folder}/${list}`)).join("\n");
    return files
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) => [...(text.get(file) as string).matchAll(exported)].map(([, n]) => n))
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(listed))
      .map((name) => `${name} is not in ${folder}/${lists.join(" or ")}`);
  };
  const lazy = (imports.get("models/index.ts") as Import[]).filter(({ kind }) => kind === "lazy");
  const architectures = new Set(lazy.map(({ specifier }) => target("models/index.ts", specifier)));
  const forgotten = files.filter(
    (file) =>
      dirname(file) === "models" &&
      /^export const infos\b/m.test(text.get(file) as string) &&
      !architectures.has(file),
  );
  expect(architectures.size).toBeGreaterThan(0);
  expect([
    ...unlisted("ops", ["table.ts", "library.ts"], /^export const (\w+): \w*Op\b/gm),
    ...unlisted("ops", ["oracles.ts"], /^export const (\w+): Oracle\b/gm),
    ...forgotten,
  ]).toEqual([]);
});

test("every catalogue entry stands in the list of its folder", () => {
  const isThere = (folder: string): boolean => text.has(`${folder}/specs.ts`);
  const listOf = (file: string) => {
    let folder = dirname(file);
    while (folder !== "." && !isThere(folder)) folder = dirname(folder);
    return `${folder}/specs.ts`;
  };
  const entries = files.flatMap((file) =>
    [...(text.get(file) as string).matchAll(/^export const (\w+Spec)\b/gm)].map(([, name]) => ({
      name,
      list: listOf(file),
    })),
  );
  expect(entries.length).toBeGreaterThan(0);
  const unlisted = entries.filter(
    ({ name, list }) =>
      !new RegExp(`^  ${name},|\\[[^\\]]*\\b${name}\\b`, "m").test(text.get(list) ?? ""),
  );
  expect(unlisted.map(({ name, list }) => `${name} is not in ${list}`)).toEqual([]);
});

/** What a catalogued folder exports without an entry, and why. */
const uncatalogued: Readonly<Record<string, string>> = {
  "metrics: bestClass": "what measures do with scores",
  "metrics: formatReport": "the report as text",
  "metrics: metricCollection": "several measures as one",
  "nn/attention: prependTokens": "what the token layers do, as a function",
  "nn/attention: scaledDotProductAttention": "what dotProductAttention does, as a function",
  "nn/attention: sincosPositions": "the table of sincosPositionEmbedding",
  "nn/attention: sinusoidalPositions": "the table of sinusoidalPositionEmbedding",
  "nn/attention: windowPartition": "a step of window attention, as a function",
  "nn/attention: windowReverse": "the way back",
  "nn/convolution: lenet5Table": "data for partialConv2d",
  "nn/init: calculateGain": "a number that initialisers take",
  "nn/init: fans": "numbers that initialisers take",
  "nn/init: glorotNormal": "another name of xavierNormal",
  "nn/init: glorotUniform": "another name of xavierUniform",
  "nn/kernels: kernelInit": "a kernel as initial values",
  "nn/linear: digitBitmaps": "data for rbf",
  "nn/resampling: collapsePyramid": "takes lists of images",
  "nn/resampling: interpolate": "what upsample does, as a function",
  "optim: biasesAndNorms": "chooses parameters",
  "optim: updateBatchNorm": "what goes with swa",
};

test("everything that a catalogued folder exports has an entry", () => {
  const exportsOf = (list: string) =>
    [...(text.get(list) ?? "").matchAll(/^export \{([^}]*)\}/gm)]
      .flatMap(([, names]) => names.split(","))
      .map((name) => name.trim().replace(/^.* as /, ""))
      .filter((name) => /^[a-z]\w*$/.test(name));
  const missing = sections.flatMap(({ folder, entries }) => {
    const own = relative("src", folder);
    const names = new Set(entries.map(({ name }) => name));
    const inside = (list: string) =>
      list === `${own}/index.ts` ||
      (list.startsWith(`${own}/`) &&
        !sections.some((other) => `src/${dirname(list)}` === other.folder));
    return files
      .filter((file) => file.endsWith("/index.ts") && inside(file))
      .flatMap((list) => {
        const below = relative(own, dirname(list));
        return exportsOf(list).map((name) => (below ? `${below}.${name}` : name));
      })
      .filter((name) => !names.has(name))
      .map((name) => `${own}: ${name}`);
  });
  expect(missing.sort()).toEqual(Object.keys(uncatalogued).sort());
});

test("names are kebab-case and say what is inside", () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?(\.[a-z0-9]+)?$/;
  const empty = /^(utils?|helpers?|misc|common|shared|stuff)(\.|$|-node\.)/;
  // Python has its own custom: words joined by underscores.
  const parts = (file: string) => file.replace(/_(?=[^/]*\.py$)/g, "-").split("/");
  const wrong = all.filter((file) =>
    parts(file).some((part) => !kebab.test(part) || empty.test(part)),
  );
  expect(wrong).toEqual([]);
});

test(`files stay under ${maxLines} lines, keep no state of their own, and leave the environment to cli/`, () => {
  const wrong = files.flatMap((file) => {
    const source = text.get(file) as string;
    const lines = source.split("\n").length - 1;
    const state =
      /^(?:export )?(?:let|var) .*|^(?:export )?const .*= new (?:Map|Set)(?:<.*>)?\(\);/m;
    return [
      lines > maxLines && `${lines} lines`,
      state.test(source) && `module state: ${state.exec(source)?.[0]}`,
      folderOf(file) !== "cli" && /\bprocess\.env\b/.test(source) && "reads process.env",
    ]
      .filter((objection) => objection !== false)
      .map((objection) => `${file}: ${objection}`);
  });
  expect(wrong).toEqual([]);
});
