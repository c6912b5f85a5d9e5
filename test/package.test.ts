/** The manifest keeps its promises: exact tools, exports that exist, nothing that runs at install, a sane tarball. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import lock from "../package-lock.json" with { type: "json" };
import tsconfig from "../tsconfig.json" with { type: "json" };

const root = join(import.meta.dirname, "..");
const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
const inGit = existsSync(join(root, ".git"));

test("tools have exact versions, and the lockfile agrees", () => {
  const locked = lock.packages as unknown as Record<string, { version?: string; dev?: boolean }>;
  for (const [name, version] of Object.entries(manifest.devDependencies)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(locked[`node_modules/${name}`]?.version, name).toBe(version);
  }
  expect(lock.packages[""].dependencies).toEqual(manifest.dependencies);
  expect(lock.packages[""].devDependencies).toEqual(manifest.devDependencies);
});

test("this runs on the project's own Node", () => {
  expect(process.version).toBe(`v${manifest.devDependencies.node}`);
});

test("everything comes from the registry, and the own Node alone has a script at install", () => {
  for (const [path, entry] of Object.entries(lock.packages as Record<string, object>)) {
    const { resolved, link, hasInstallScript } = entry as Record<string, unknown>;
    expect(link, path).toBeUndefined();
    if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    if (hasInstallScript) expect(["node_modules/node", "node_modules/fsevents"]).toContain(path);
  }
  // What runs by itself runs before tests, and never at install.
  const scripts = Object.keys(manifest.scripts);
  expect(scripts.filter((name) => /^(pre|post)|^(install|prepare)$/.test(name))).toEqual([
    "pretest",
    "pretest:slow",
  ]);
});

test("the lockfile names every package that one of its packages asks for, on any platform", () => {
  const locked = lock.packages as unknown as Record<string, Record<string, Record<string, string>>>;
  const known = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, "")));
  const missing = Object.entries(locked).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !known.has(name))
      .map((name) => `${path} asks for ${name}`),
  );
  expect(known.size).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});

test("published code runs on Node 20: so do its dependencies", () => {
  expect(manifest.engines.node).toBe(">=20");
  // What the language had by then; threads and memory ask before they use more, tests alone gather asynchronously.
  const libraries = tsconfig.compilerOptions.lib.filter((name) => /^es/.test(name));
  const later = ["es2024.arraybuffer", "es2024.sharedmemory", "esnext.array"];
  expect(libraries).toEqual(["es2023", ...later]);
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const published = files.filter((file) => /(?<!\.test)\.ts$/.test(file));
  const gathering = published.filter((file) =>
    readFileSync(join(root, "src", file), "utf8").includes("fromAsync("),
  );
  expect(gathering).toEqual([]);
  const locked = lock.packages as unknown as Record<string, { engines?: { node?: string } }>;
  for (const name of Object.keys(manifest.dependencies)) {
    const least = Number(/\d+/.exec(locked[`node_modules/${name}`]?.engines?.node ?? "0")?.[0]);
    expect(least, name).toBeLessThanOrEqual(20);
  }
});

test("the licence is MIT in both places", () => {
  expect(manifest.license).toBe("MIT");
  expect(readFileSync(join(root, "LICENSE"), "utf8")).toMatch(/^MIT License\n\n.*convkit authors/);
});

test("every export leads to a source, and to the file that the build makes of it", () => {
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === "string") continue;
    const source = entry["convkit-source"];
    expect(existsSync(join(root, source)), `${name}: ${source}`).toBe(true);
    const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
    expect(entry).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
    expect(Object.keys(entry), "conditions are tried in order").toEqual([
      "convkit-source",
      "types",
      "default",
    ]);
  }
  for (const path of Object.values(manifest.imports["#platform"])) {
    expect(existsSync(join(root, path)), path).toBe(true);
  }
});

test("every folder with an index.ts is exported, the engine's inside and the command line aside", () => {
  const inside = ["autodiff", "passes", "loops", "plan", "backends", "cli"];
  const folders = readdirSync(join(root, "src")).filter((folder) =>
    existsSync(join(root, "src", folder, "index.ts")),
  );
  expect(folders.length).toBeGreaterThan(0);
  const exported = (folder: string) => Object.hasOwn(manifest.exports, `./${folder}`);
  expect(folders.filter((folder) => !exported(folder) && !inside.includes(folder))).toEqual([]);
});

test("the tarball holds the built package and no sources, tests or runs", () => {
  const [{ files }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const path of ["LICENSE", "package.json", "README.md", "CHANGELOG.md", "bin/convkit.js"]) {
    expect(paths).toContain(path);
  }
  const allowed = /^(LICENSE|package\.json|README\.md|CHANGELOG\.md|bin\/convkit\.js|dist\/.+)$/;
  expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
});

test.skipIf(!inGit)("no committed file names a path of somebody's machine", () => {
  const homes = ["root", "home/[a-z]+", "Users/[A-Za-z]+", "work"].map((home) => `/${home}/`);
  const pattern = new RegExp(`(^|[\\s"'\`(=:])(${homes.join("|")})`, "m");
  const texts = git("ls-files").filter(
    (file) => existsSync(join(root, file)) && /\.(ts|js|json|md|py|csv|css|html)$|run$/.test(file),
  );
  expect(texts.length).toBeGreaterThan(0);
  const wrong = texts.filter((file) => pattern.test(readFileSync(join(root, file), "utf8")));
  expect(wrong).toEqual([]);
});

test.skipIf(!inGit)("nothing that is made or installed is committed", () => {
  const made = /(^|\/)(node_modules|dist|runs|coverage)\/|\.(tgz|log)$/;
  expect(git("ls-files").filter((file) => made.test(file))).toEqual([]);
});
