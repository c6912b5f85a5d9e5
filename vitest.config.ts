import { defineConfig } from "vitest/config";

// Tests import the package by its public name; this condition leads to src/ instead of dist/.
const conditions = ["convkit-source"];

export default defineConfig({
  resolve: { conditions: [...conditions, "module", "node", "development|production"] },
  ssr: { resolve: { conditions: [...conditions, "module", "node", "development|production"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/*.slow.test.ts"],
    reporters: ["default", "./test/count-reporter.ts"],
    execArgv: ["--conditions=convkit-source"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
