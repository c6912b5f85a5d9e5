/**
 * Images that a browser decodes are those of Node, which are Pillow's: lossless ones exactly, JPEG and lossy WebP to within two
 * grey levels; what is transparent is another matter, since a canvas keeps no hidden colours.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Image, resize, toRgb } from "convkit/image";
import { decodeImage } from "convkit/image/node";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import golden from "../../src/image/golden/formats.json" with { type: "json" };
import { args, executablePath } from "./chromium.ts";
import { type Site, serve } from "./serve.ts";

const files = golden.files.filter(
  ({ name }) =>
    // Chromium reads no TIFF, no orientation where Pillow writes it in WebP, and CMYK with colours of its own.
    !/tiff|alpha|RGBA|transparent|larger screen|CMYK|webp orientation/.test(name),
);
const isLossy = (name: string) => name.startsWith("jpeg") || name.startsWith("webp lossy");

describe.skipIf(!executablePath)(
  `in Chromium${executablePath ? "" : " (skipped: it is not installed — apt-get install chromium)"}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "convkit-decode-"));
    let browser: Browser;
    let site: Site;
    let page: Page;

    beforeAll(async () => {
      await build({
        root: join(import.meta.dirname, "decode-page"),
        configFile: false,
        logLevel: "warn",
        resolve: { conditions: ["convkit-source", "module", "browser", "development|production"] },
        build: { outDir: folder, emptyOutDir: true, target: "esnext" },
      });
      browser = await chromium.launch({ executablePath, args });
      site = await serve(folder, {});
      page = await browser.newPage();
      await page.goto(site.url);
    });
    afterAll(async () => {
      await browser?.close();
      await site?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const decode = async (file: string): Promise<Image> => {
      const image = (await page.evaluate(`decode(${JSON.stringify(file)})`)) as Omit<
        Image,
        "data"
      > & { data: number[] };
      return { ...image, data: Uint8Array.from(image.data) };
    };

    test.each(files)("$name is what Node makes of it", async ({ name, file }) => {
      const inNode = toRgb(await decodeImage(Buffer.from(file, "base64")));
      const { width, height, channels, data } = await decode(file);
      expect({ width, height, channels }).toEqual({
        ...{ width: inNode.width, height: inNode.height, channels: 3 },
      });
      const errors = data.map((byte, i) => Math.abs(byte - inNode.data[i]));
      expect(Math.max(...errors)).toBeLessThanOrEqual(isLossy(name) ? 2 : 0);
    });

    test("what cannot be read is refused in one line", async () => {
      const refused = (bytes: Uint8Array) => decode(Buffer.from(bytes).toString("base64"));
      await expect(refused(Buffer.from("no image"))).rejects.toThrow(
        "[image] a.jpg: not an image that can be read (8 bytes) — use PNG, JPEG or WebP",
      );
      const [{ file }] = files;
      await expect(refused(Buffer.from(file, "base64").subarray(0, 20))).rejects.toThrow(
        "[image] a.jpg: truncated or damaged image (",
      );
    });

    test("a resize in the page has Node's bytes", async () => {
      const file = files.find(({ name }) => name === "png")?.file ?? "";
      const made = await page.evaluate(`decodeResized(${JSON.stringify(file)}, 7, 31)`);
      const inNode = await decodeImage(Buffer.from(file, "base64"));
      expect(made).toEqual([...resize(inNode, 7, 31).data]);
    });
  },
);
