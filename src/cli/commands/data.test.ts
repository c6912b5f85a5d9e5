/** `convkit data …`: what people have in their folders, and a server on this machine. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { args, executablePath } from "../../../test/browser/chromium.ts";
import { convkit, inProcess, root, start, temporaryFolder } from "../../../test/command-line.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

function write(files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), bytes);
  }
}

const photo = (n: number) =>
  sharp(
    Uint8Array.from({ length: 60 * 40 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 60, Math.floor(i / 180)];
      return (
        128 + 60 * (Math.sin((x / 60) * (3 + n)) + Math.cos((y / 40) * (2 + 3 * n) + n + (i % 3)))
      );
    }),
    { raw: { width: 60, height: 40, channels: 3 } },
  )
    .jpeg()
    .toBuffer();
const photos = await Promise.all(Array.from({ length: 12 }, (_, n) => photo(n)));

beforeAll(() => {
  for (const [i, bytes] of photos.entries()) {
    const name = `${["ants", "bees"][i % 2]}/${i}.jpg`;
    write({ [`good/${name}`]: bytes, ...(i < 6 && { [`bad/${name}`]: bytes }) });
  }
  write({
    "bad/bees/notes.txt": "among the photos",
    "bad/bees/cut.jpg": photos[6].subarray(0, photos[6].length >> 1),
    "bad/bees/<b>text.jpg": "no picture",
    "bad/wasps/1.jpg": photos[0],
    "bad/wasps/2.jpg": photos[2],
  });
  mkdirSync(at("bad/moths"));
});

describe("inspect", () => {
  test("says what is there and what is wrong, in words and for programs", async () => {
    const { code, stdout, stderr } = await inProcess("data", "inspect", at("bad"));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/bad: 8 pictures in 4 classes/);
    expect(stdout).toMatch(/left out 1 file that is no picture by name: bees\/notes\.txt/);
    expect(stdout).toMatch(/^bees +5 /m);
    expect(stdout).toMatch(/^moths +0$/m);
    expect(stdout).toMatch(/Broken, 2\n/);
    expect(stdout).toMatch(/cut\.jpg \(bees\): truncated or damaged image/);
    expect(stdout).toMatch(/text\.jpg \(bees\): not an image that can be read/);
    expect(stdout).toMatch(/✗ class without a picture to train on: moths/);
    expect(stdout).toMatch(/✗ classes ants and wasps hold the same photos, 2 of 2/);
    expect(stdout).toMatch(/then: convkit train \S+bad --size 40 --skip-broken/);
  });

  test("--json is one line with all of it, --strict fails", async () => {
    const { code, events, stderr } = await convkit(
      "data",
      "inspect",
      at("bad"),
      "--json",
      "--strict",
    );
    expect(code).toBe(1);
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^convkit data inspect: \[data\] .*bad: 2 files are broken; class without a picture to train on: moths; classes ants and wasps/,
    );
    expect(events.map(({ event }) => event)).toEqual(["inspection", "error"]);
    expect(events[0]).toMatchObject({
      ...{ data: at("bad"), images: 8, classes: ["ants", "bees", "moths", "wasps"] },
      ...{ counts: { all: [3, 5, 0, 2] }, imbalance: 2.5, formats: { jpeg: 8 }, modes: { rgb: 8 } },
      sizes: {
        ...{ width: { min: 60, median: 60, max: 60 }, height: { min: 40, median: 40, max: 40 } },
        shorterSide: { "32–63": 8 },
      },
      broken: [
        { file: at("bad/bees/<b>text.jpg"), part: "all", class: "bees" },
        { file: at("bad/bees/cut.jpg"), part: "all", class: "bees" },
      ],
      suggestedSize: 40,
    });
    expect(events[0].copies).toHaveLength(2);
    expect((await inProcess("data", "inspect", at("good"), "--strict")).code).toBe(0);
  });

  test("takes the other dialect, and names the command in what it says", async () => {
    const { code, stdout } = await inProcess("data", "inspect", `data=${at("good")}`, "json=true");
    expect([code, JSON.parse(stdout).images]).toEqual([0, 12]);
    const wrong = await inProcess("data", "inspect", at("good"), "png=sheet.jpg");
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/^convkit data inspect: .*in \.png — see convkit data inspect --help/),
    ]);
    const none = await inProcess("data", "inspct");
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/^convkit data: unknown command/),
    ]);
  });

  test.each([
    [
      "a table without labels",
      "t.csv",
      "path,colour\na.jpg,red\n",
      /no column of labels among path, colour/,
    ],
    [
      "a table of pictures that are not there",
      "u.csv",
      "path,label\na.jpg,red\n",
      /1 picture is not there: a\.jpg/,
    ],
    [
      "a zip bomb",
      "bomb.zip",
      zipSync({ "a/1.png": new Uint8Array(2 ** 25), "b/1.png": photos[0] }),
      /claims to unpack from/,
    ],
    ["no data set", "nowhere", undefined, /no such file or folder/],
  ])("%s is one line", async (_, name, content, message) => {
    if (content !== undefined) write({ [name]: content });
    const { code, stderr } = await inProcess("data", "inspect", at(name));
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr.trim()).not.toContain("\n");
  });

  test("the page needs nothing but itself and shows classes, copies and broken files", async (context) => {
    const [html, png] = [at("bad.html"), at("bad.png")];
    const { code } = await inProcess("data", "inspect", at("bad"), "--html", html, "--png", png);
    expect(code).toBe(0);
    // Four classes, three pictures at most; titles at the left.
    const { width, height } = await sharp(png).metadata();
    expect([height, width > 3 * 102]).toEqual([6 + 4 * 102, true]);
    if (!executablePath) context.skip("Chromium is not installed");
    const browser = await chromium.launch({ executablePath, args });
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) faults.push(request.url());
      });
      await page.goto(`file://${html}`);
      expect(await page.locator(".copies > div").count()).toBe(2);
      expect(await page.locator(".broken tr").count()).toBe(2);
      expect(await page.locator(".broken b").count()).toBe(0);
      expect(await page.locator("section svg circle").count()).toBe(8);
      const widths = await page
        .locator("img")
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
      expect(widths).toEqual(new Array(8 + 4).fill(60));
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);
});

describe("split", () => {
  test("writes parts that train opens, and refuses to write twice", async () => {
    const out = at("split");
    const words = ["data", "split", at("good"), "--out", out, "--val", "0.17", "--test", "0.33"];
    const { code, stdout } = await inProcess(...words, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...{ event: "split", data: at("good"), out, classes: ["ants", "bees"], seed: 0 },
      counts: { train: [3, 3], val: [1, 1], test: [2, 2] },
      command: `convkit train ${out}`,
    });
    expect(readdirSync(out)).toEqual(["test", "train", "val"]);
    const again = await inProcess(...words);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("not empty")]);
    const parts = await inProcess("data", "split", out, "--out", at("third"));
    expect(parts.stderr).toMatch(/has parts already, train, validation, test/);
  });

  test("a table lies beside the pictures, a folder does not", async () => {
    const table = at("good/split.csv");
    const { code } = await inProcess("data", "split", at("good"), "--out", table);
    expect(code).toBe(0);
    expect(readFileSync(table, "utf8").split("\n")).toHaveLength(1 + 12 + 1);
    rmSync(table);
    const inside = await inProcess("data", "split", at("good"), "--out", at("good/split"));
    expect([inside.code, inside.stderr]).toEqual([
      2,
      expect.stringContaining("in the data itself"),
    ]);
    expect(existsSync(at("good/split"))).toBe(false);
  });

  test("shares that leave nothing, and arrays, are refused", async () => {
    const much = await inProcess("data", "split", at("good"), "--out", at("x"), "--val", "0.9");
    expect([much.code, much.stderr]).toEqual([
      2,
      expect.stringContaining("leave nothing to train on"),
    ]);
    const arrays = await inProcess("data", "split", "glyphs", "--out", at("x"));
    expect([arrays.code, arrays.stderr]).toEqual([1, expect.stringContaining("are arrays")]);
  });
});

describe("preview", () => {
  test("a row a picture, a column an epoch, in the size of the recipe", async () => {
    const out = at("preview.png");
    const words = ["data", "preview", at("good"), "--count", "3", "--variants", "2", "--out", out];
    const { code, stdout } = await inProcess(...words, "--recipe", "finetune", "--json");
    expect(code).toBe(0);
    const { pictures, ...record } = JSON.parse(stdout);
    expect(pictures).toHaveLength(3);
    expect(record).toMatchObject({
      event: "preview",
      data: at("good"),
      out,
      size: [224, 224],
      epochs: 2,
    });
    const { width, height } = await sharp(out).metadata();
    expect(height).toBe(26 + 3 * 166);
    expect(width).toBeGreaterThan(3 * 166);
  });

  test("transforms that there are not, and none at all, are wrong usage", async () => {
    for (const [words, message] of [
      [["--augment", "randomCrp"], "did you mean randomCrop"],
      [[], "give --augment or --recipe"],
    ] as const) {
      const { code, stderr } = await inProcess("data", "preview", "glyphs", ...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

describe("download", () => {
  const mnist = join(root, "../shared/data/mnist");
  let server: Server;
  let base: string;
  let asked: string[] = [];
  /** Bytes after which the connection is held open; none when undefined. */
  let pause: number | undefined;
  const bytesOf = (name: string): Uint8Array =>
    existsSync(join(mnist, name)) ? readFileSync(join(mnist, name)) : new Uint8Array(3e6);

  beforeAll(async () => {
    server = createServer((request, response) => {
      const range = request.headers.range ?? "";
      const name = request.url?.slice(1) ?? "";
      asked.push(`${name} ${range}`.trim());
      const first = Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0);
      const rest = bytesOf(name).subarray(first);
      response.writeHead(first > 0 ? 206 : 200, { "content-length": rest.length });
      if (pause === undefined) response.end(rest);
      else response.write(rest.subarray(0, pause));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function untilPartOf(path: string, least: number): Promise<void> {
    while ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < least) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test("lists what there is", async () => {
    const { code, stdout } = await inProcess("data", "download");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mnist +11\.1 MiB +CC BY-SA 3\.0 +70,000 handwritten digits/m);
    const json = await inProcess("data", "download", "--json");
    const records = json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.map(({ name }) => name)).toContain("svhn");
    const wrong = await inProcess("data", "download", "mnits");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("did you mean mnist?")]);
    const mirror = await inProcess("data", "download", "mnist", "--mirror", "files/");
    expect([mirror.code, mirror.stderr]).toEqual([2, expect.stringContaining("is no address")]);
  });

  const file = "train-images-idx3-ubyte.gz";
  const words = (out: string) => [
    ...["data", "download", "mnist", "--to", out, "--mirror", base, "--json"],
  ];

  test("goes on where it was after it was killed", async () => {
    [asked, pause] = [[], 1_000_000];
    const out = at("killed");
    let kept = 0;
    const part = join(out, `${file}.part`);
    for (const least of [500_000, 1_500_000]) {
      const running = start(words(out));
      await untilPartOf(part, least);
      running.process.kill("SIGKILL");
      expect((await running.done).code).toBeNull();
      if (least === 500_000) kept = statSync(part).size;
    }
    expect(asked).toEqual([file, `${file} bytes=${kept}-`]);
    expect(existsSync(join(out, file))).toBe(false);
  }, 60_000);
  test("Ctrl-C ends it in words", async () => {
    [asked, pause] = [[], 1_000_000];
    const out = at("stopped");
    const running = start(words(out));
    await untilPartOf(join(out, `${file}.part`), 500_000);
    running.process.kill("SIGINT");
    const { code, events, stderr } = await running.done;
    expect([code, events]).toEqual([130, [{ event: "interrupted", name: "mnist", folder: out }]]);
    expect(stderr).toMatch(/stopping; what came so far is kept.*\n.*the same command goes on/s);
    expect(statSync(join(out, `${file}.part`)).size).toBeGreaterThanOrEqual(500_000);
  }, 60_000);

  test.skipIf(!existsSync(mnist))(
    "finishes what was begun, checks it, and does nothing twice (skipped without ../shared/data)",
    async () => {
      [asked, pause] = [[], undefined];
      const out = at("whole");
      write({ [`whole/${file}.part`]: bytesOf(file).subarray(0, 700_000) });
      const { code, stdout } = await inProcess(...words(out));
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        expect.objectContaining({ event: "download", name: "mnist", folder: out, present: [] }),
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ command: `convkit train mnist:${out}` });
      expect([asked.length, asked[0]]).toEqual([4, `${file} bytes=700000-`]);
      expect(readFileSync(join(out, file)).equals(bytesOf(file))).toBe(true);
      const again = await inProcess(...words(out));
      expect([JSON.parse(again.stdout).present.length, asked.length]).toEqual([4, 4]);
    },
  );
});
