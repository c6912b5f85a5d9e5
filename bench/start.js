/**
 * `npm run bench`: installs the peers if they are missing or out of date, then measures. Plain JavaScript, so that
 * an old Node says what is wrong instead of stumbling over types.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

if (!process.features.typescript) {
  console.error(
    `[bench] Node ${process.version} cannot run this — start it with \`npm run bench\``,
  );
  process.exit(1);
}

/** What npm notes about an install, less the root's own entry, against what the lockfile asks for. */
function installed() {
  const packages = (path) => {
    const { packages } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
    return JSON.stringify(
      Object.entries(packages)
        .filter(([name, { optional }]) => name !== "" && !optional)
        .map(([name, { version }]) => `${name} ${version}`)
        .sort(),
    );
  };
  try {
    return packages("package-lock.json") === packages("node_modules/.package-lock.json");
  } catch {
    return false;
  }
}

if (!installed()) {
  console.error("Installing the peers …");
  try {
    // Standard output belongs to the results. No peer needs a script at install.
    const options = { cwd: import.meta.dirname, stdio: ["ignore", 2, 2] };
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], options);
  } catch {
    console.error("[bench] the peers from npm could not be installed — going on with the others");
  }
}
await import("./run.ts");
