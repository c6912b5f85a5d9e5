import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { toRgb } from "./colour.ts";
import { decodeImage, readImage } from "./decode-node.ts";
import golden from "./golden/formats.json" with { type: "json" };

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const named = (name: string): Uint8Array => {
  const found = golden.files.find((file) => file.name === name);
  return bytesOf(found?.file ?? "");
};

test.each(golden.files)("$name: the pixels that Pillow shows", async ({ file, rgb, ...size }) => {
  const image = await decodeImage(bytesOf(file));
  expect(image).toMatchObject({ height: size.height, width: size.width });
  expect(new Uint8Array(toRgb(image).data)).toEqual(bytesOf(rgb));
});

test("grey files stay grey", async () => {
  const names = golden.files.map(({ name }) => name);
  const grey = names.filter((name) => /grey|1 bit/.test(name) && name !== "gif grey");
  expect(grey.length).toBeGreaterThan(6);
  for (const name of names) {
    const { channels } = await decodeImage(named(name));
    expect(channels, name).toBe(grey.includes(name) ? 1 : 3);
  }
});

test("of 16 bits of grey the higher 8 are kept, which Pillow clips to white", async () => {
  for (const file of [golden.deepGrey.png, golden.deepGrey.tiff]) {
    const { channels, data } = await decodeImage(bytesOf(file));
    expect(channels).toBe(1);
    expect(data).toEqual(bytesOf(golden.deepGrey.high));
  }
  const clipped = bytesOf(golden.deepGrey.pillow);
  for (const [i, high] of bytesOf(golden.deepGrey.high).entries()) {
    if (high > 0) expect(clipped[i]).toBe(255);
  }
});

// Pillow 9.4 reads no AVIF.
test("AVIF, lossless and of many colours, comes back as it was", async () => {
  const { width, height, data } = await decodeImage(named("png"));
  const raw = sharp(data, { raw: { width, height, channels: 3 } });
  const lossless = await raw.avif({ lossless: true, chromaSubsampling: "4:4:4" }).toBuffer();
  const image = await decodeImage(lossless);
  expect(image).toMatchObject({ width, height, channels: 3 });
  const errors = image.data.map((byte, i) => Math.abs(byte - data[i]));
  expect(Math.max(...errors)).toBeLessThanOrEqual(2);
});

test("interlaced PNG and colour profiles change nothing", async () => {
  const { width, height, data } = await decodeImage(named("png"));
  const raw = sharp(data, { raw: { width, height, channels: 3 } });
  const interlaced = await raw.clone().png({ progressive: true }).toBuffer();
  expect([...(await decodeImage(interlaced)).data]).toEqual([...data]);
  // Pixels in another colour space, and its profile: only the pixels are looked at.
  const profiled = await raw.clone().withIccProfile("p3").png().toBuffer();
  const bare = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer();
  expect((await sharp(profiled).metadata()).icc?.length).toBeGreaterThan(0);
  expect([...bare]).not.toEqual([...data]);
  expect([...(await decodeImage(profiled)).data]).toEqual([...bare]);
});

test("worker threads decode, too", async () => {
  const module = JSON.stringify(new URL("./decode-node.ts", import.meta.url).href);
  const script = `import { parentPort, workerData } from "node:worker_threads";
    const { decodeImage } = await import(${module});
    parentPort.postMessage(await decodeImage(workerData));`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const execArgv = ["--conditions=convkit-source"];
  const images = await Promise.all(
    ["jpeg 4:2:0", "bmp 24 bits"].map(
      (name) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(url, { workerData: named(name), execArgv });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  for (const image of images) expect(image).toMatchObject({ width: 19, height: 13, channels: 3 });
});

test("empty, truncated, damaged and foreign files are refused in one line", async () => {
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 2654435761) >>> 24));
  const photo = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const jpeg = await photo.clone().jpeg().toBuffer();
  const png = await photo.clone().png().toBuffer();
  const damaged = Buffer.from(png).fill(0x55, 60, 400);
  const bmp = named("bmp 24 bits");
  const runs = named("bmp 8 bits, run lengths");
  const deep = Uint8Array.from(bmp).fill(99, 28, 29);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /a\.jpg: the file is empty — copy it again or remove it/],
    [
      jpeg.subarray(0, jpeg.length / 2),
      /a\.jpg: truncated or damaged image \(.+\) — copy it again/,
    ],
    [png.subarray(0, png.length / 2), /a\.jpg: truncated or damaged image/],
    [damaged, /a\.jpg: truncated or damaged image/],
    [jpeg.subarray(0, 3), /a\.jpg: truncated or damaged image/],
    [named("gif").subarray(0, 100), /a\.jpg: truncated or damaged image/],
    [bmp.subarray(0, 20), /a\.jpg: truncated or damaged image \(it ends too early\)/],
    [bmp.subarray(0, 200), /damaged image \(200 bytes, its header promises 834\)/],
    [runs.subarray(0, 200), /damaged image \(its run lengths end too early\)/],
    [deep, /damaged image \(99 bits a pixel with compression 0\)/],
    [Buffer.from("no image at all"), /a\.jpg: not an image that can be read \(15 bytes\)/],
    [svg, /a\.jpg: not an image that can be read \(62 bytes\)/],
  ];
  for (const [bytes, message] of cases) {
    await expect(decodeImage(bytes, "a.jpg")).rejects.toThrow(message);
    await expect(decodeImage(bytes, "a.jpg")).rejects.toThrow(/^\[image\] [^\n]+$/);
  }
  await expect(readImage("/no/such.png")).rejects.toThrow(
    /^\[read\] \/no\/such\.png: no such file/,
  );
});

/** A PNG of zeros, 1 bit a pixel: a small file of whatever size. */
function zeros(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height), { level: 1 });
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const chunks = [chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

test("a small file of a giant picture is refused before anything is allocated", async () => {
  const small = await decodeImage(zeros(30, 20));
  expect(small).toMatchObject({ width: 30, height: 20, channels: 1 });
  const giant = zeros(30_000, 30_000);
  expect(giant.length).toBeLessThan(2 ** 20);
  const bmp = Buffer.from(named("bmp 24 bits"));
  bmp.writeInt32LE(30_000, 18);
  bmp.writeInt32LE(-30_000, 22);
  const runs = Buffer.from(named("bmp 8 bits, run lengths"));
  runs.writeInt32LE(2 ** 31 - 1, 18);
  for (const file of [giant, bmp, runs]) {
    const before = process.memoryUsage().rss;
    await expect(decodeImage(file, "big.png")).rejects.toThrow(
      "[image] big.png: its header claims more than 178956970 pixels — make it smaller or check the file",
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  }
});

const photos = join(import.meta.dirname, "../../../shared/data/photos");

test.skipIf(!existsSync(photos))(
  `reads real photographs${existsSync(photos) ? "" : ` (skipped: ${photos} is missing)`}`,
  async () => {
    expect(await readImage(join(photos, "kitten_224.png"))).toMatchObject({
      width: 224,
      height: 224,
    });
    const { width, height, channels, data } = await readImage(join(photos, "samoyed.jpg"));
    expect(data.length).toBe(width * height * channels);
    expect(channels).toBe(3);
  },
);
