/**
 * convkit in a browser: a page built with Vite trains lenet5 in a worker, with threads where it is cross-origin
 * isolated and on one thread where it is not, with the losses of Node.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDevice } from "convkit";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { args, executablePath } from "./chromium.ts";
import type { Report } from "./page/worker.ts";
import { ISOLATION, serve } from "./serve.ts";
import { trainLenet5 } from "./train-lenet5.ts";

const STEPS = 50;

describe.skipIf(!executablePath)(
  `in Chromium${executablePath ? "" : " (skipped: it is not installed — apt-get install chromium)"}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "convkit-page-"));
    let browser: Browser;
    let expected: number[];

    beforeAll(async () => {
      await build({
        root: join(import.meta.dirname, "page"),
        configFile: false,
        logLevel: "warn",
        resolve: { conditions: ["convkit-source", "module", "browser", "development|production"] },
        worker: { format: "es" },
        build: { outDir: folder, emptyOutDir: true, target: "esnext" },
      });
      browser = await chromium.launch({ executablePath, args });
      const device = await openDevice({ backend: "wasm", threads: 2 });
      expected = await trainLenet5(device, STEPS);
      await device.dispose();
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function visit(headers: Record<string, string>) {
      const site = await serve(folder, headers);
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      await page.goto(`${site.url}?steps=${STEPS}`);
      const report = (await page.evaluate("report")) as Report;
      const text = await page.textContent("p");
      await page.close();
      await site.close();
      expect(report.error).toBeUndefined();
      expect(complaints).toEqual([]);
      return { report, text };
    }

    test("a page that is cross-origin isolated trains on threads, with Node's losses", async () => {
      const { report, text } = await visit(ISOLATION);
      expect(report).toMatchObject({ isolated: true, threads: 2, whyNotMore: undefined });
      expect(text).toMatch(/^2 threads — loss \d/);
      expectLosses(report.losses);
    });

    test("a page that is not says why it has one thread, and trains the same", async () => {
      const { report, text } = await visit({});
      expect(report).toMatchObject({ isolated: false, threads: 1 });
      expect(text).toMatch(/^1 thread: the page is not cross-origin isolated — loss \d/);
      expectLosses(report.losses);
    });

    test("a page whose policy forbids workers from blobs says so, and trains the same", async () => {
      const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
      const { report, text } = await visit({ ...ISOLATION, "Content-Security-Policy": policy });
      expect(report).toMatchObject({ isolated: true, threads: 1 });
      expect(text).toMatch(/^1 thread: workers could not start: .*worker-src blob:.* — loss \d/);
      expectLosses(report.losses);
    });

    function expectLosses(losses: readonly number[]) {
      expect(losses).toHaveLength(STEPS);
      expect(losses[STEPS - 1]).toBeLessThan(losses[0] / 2);
      // On one machine they are the same bits, as engines agree on what a fused multiply-add is.
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - expected[i]), `step ${i}`).toBeLessThan(1e-5);
      });
    }
  },
);
