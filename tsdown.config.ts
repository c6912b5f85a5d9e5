/**
 * The published `dist/`: one JavaScript file and one declaration file per source file, so that imports from
 * a subpath load only what they name. The folder gets a package.json of its own, whose `#platform`,
 * `#reference` and `#verify` lead to built files where the clone's lead to sources.
 */
import { writeFile } from "node:fs/promises";
import { defineConfig } from "tsdown";
import manifest from "./package.json" with { type: "json" };

const toBuilt = (path: string) => path.replace("./src/", "./").replace(/\.ts$/, ".js");

export default defineConfig({
  entry: ["src/**/*.ts", "!src/**/*.test.ts"],
  root: "src",
  unbundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2023",
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
  dts: true,
  deps: { neverBundle: [/^#/, /^node:/, ...Object.keys(manifest.dependencies)] },
  plugins: [
    {
      // `new Worker(new URL("./worker.ts", import.meta.url))`: bundlers and Node want the built name.
      name: "worker-urls",
      renderChunk: (code) =>
        code.replace(/(new URL\(\s*["'`][^"'`]+)\.ts(["'`],\s*import\.meta\.url)/g, "$1.js$2"),
    },
  ],
  hooks: {
    "build:done": async () => {
      const imports = Object.fromEntries(
        Object.entries(manifest.imports).map(([name, { node, default: other }]) => [
          name,
          { node: toBuilt(node), default: toBuilt(other) },
        ]),
      );
      await writeFile(
        "dist/package.json",
        `${JSON.stringify({ type: "module", sideEffects: false, imports }, null, 2)}\n`,
      );
    },
  },
});
