/** The command line: `convkit <command> …`. Runs when it is imported; bin/convkit.js does so. */
import { runCommandLine } from "./command-line.ts";

// A reader that has seen enough (`convkit models | head -1`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const code = await runCommandLine(process.argv.slice(2));
if (code !== 0) process.exitCode = code;
