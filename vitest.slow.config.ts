/** The long tests: `npm run test:slow`. */
import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

const include = ["test/**/*.slow.test.ts"];

export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  { test: { include } },
);
