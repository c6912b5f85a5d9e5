/**
 * `npx vite examples/page` in a clone. The two headers make the page cross-origin isolated, which browsers ask for
 * before they share memory between threads; without them one thread trains.
 */
import { defineConfig } from "vite";

const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  // The clone's sources; with the published package this line goes.
  resolve: { conditions: ["convkit-source", "module", "browser", "development|production"] },
  worker: { format: "es" },
  build: { target: "esnext" },
  server: { headers },
  preview: { headers },
});
