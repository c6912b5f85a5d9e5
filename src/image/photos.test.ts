/**
 * Decoding and resizing real photographs against Pillow 9.4 with libjpeg-turbo 2.1: every byte is the same, of JPEGs too, since both
 * decode with the exact integer transform and smooth upsampling of colour. Lossy decoders elsewhere, those of browsers for one,
 * differ from them by a grey level or two.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toRgb } from "./colour.ts";
import { readImage } from "./decode-node.ts";
import golden from "./golden/photos.json" with { type: "json" };
import { resize } from "./resize.ts";

const data = join(import.meta.dirname, "../../../shared/data");
const files = Object.entries(golden);
const isThere = existsSync(join(data, files[0][0]));

const digest = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 16);

test.skipIf(!isThere)(
  `photographs decode and resize to Pillow's bytes${isThere ? "" : ` (skipped: ${data} is missing)`}`,
  { timeout: 60_000 },
  async () => {
    const different: string[] = [];
    for (const [file, [decoded, bilinear, bicubic]] of files) {
      const image = toRgb(await readImage(join(data, file)));
      if (digest(image.data) !== decoded) different.push(`${file} decoded`);
      if (digest(resize(image, 256, 341).data) !== bilinear) different.push(`${file} bilinear`);
      if (digest(resize(image, 200, 190, "bicubic").data) !== bicubic)
        different.push(`${file} bicubic`);
    }
    expect(files.length).toBeGreaterThan(100);
    expect(different).toEqual([]);
  },
);
