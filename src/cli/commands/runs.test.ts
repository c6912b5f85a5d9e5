/** Two trainings, listed, compared and reported. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { args, executablePath } from "../../../test/browser/chromium.ts";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { readRecords } from "../../formats/tensorboard/tf-record.ts";

const folder = temporaryFolder();
const [a, b] = [join(folder, "a"), join(folder, "group", "b")];
const data = "glyphs:train=600,test=60";

beforeAll(async () => {
  for (const [out, ...flags] of [[a], [b, "--lr", "0.004", "--no-report", "--tensorboard"]]) {
    const { code, stderr } = await convkit(
      ...["train", data, "--epochs", "2", "--threads", "1", "--out", out, ...flags],
    );
    expect([code, stderr]).toEqual([0, ""]);
  }
}, 120_000);

test("lists runs in folders and one below, the best first", async () => {
  const { code, events } = await convkit("runs", folder, "--json");
  expect(code).toBe(0);
  expect(events.map(({ run }) => run).sort()).toEqual([a, b].sort());
  expect(Number(events[0].test)).toBeGreaterThanOrEqual(Number(events[1].test));
  for (const event of events) {
    expect(event).toMatchObject({ model: "lenet5", data: "glyphs", epochs: 2, finished: true });
    expect(event.curve).toHaveLength(2);
    expect(Number(event.seconds)).toBeGreaterThan(0);
    expect(event.command).toBe(
      ["convkit", "train", data, "--epochs", "2", "--threads", "1", "--out", event.run]
        .concat(event.run === b ? ["--lr", "0.004", "--no-report", "--tensorboard"] : [])
        .join(" "),
    );
  }
});

test("tells in which settings runs differ, and that they do not", async () => {
  const { stdout } = await convkit("runs", a, b);
  expect(stdout.split("settings that differ")[1]).toMatch(/optimizer .*lr:0\.00[24]/);
  expect(stdout.split("settings that differ")[1]).not.toMatch(/epochs|seed/);
  const same = await convkit("runs", a, a, "--markdown");
  expect(same.stdout).toMatch(/all settings are equal/);
  expect(same.stdout).toMatch(/^\| run \|/);
});

test("says where there is no run, and no folder", async () => {
  const none = await convkit("runs", join(folder, "nowhere"));
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("no such file or folder")]);
  const empty = await convkit("runs", join(a, ".."), "--sort", "size");
  expect(empty.code).toBe(2);
  expect(empty.stderr).toMatch(/Allowed choices are accuracy, time, name/);
  const report = await convkit("report", folder);
  expect([report.code, report.stderr]).toEqual([1, expect.stringContaining("holds no run")]);
});

test("a run whose files are damaged is named", async () => {
  const broken = join(folder, "broken");
  await convkit("train", data, "--epochs", "1", "--threads", "1", "--out", broken, "--no-report");
  writeFileSync(join(broken, "config.json"), "{");
  const { code, stderr } = await convkit("runs", broken);
  expect(code).toBe(1);
  expect(stderr).toMatch(/broken.config\.json: is damaged/);
}, 60_000);

test("the event file holds curves, weights, confusion and precision-recall of the run", () => {
  const [name, ...others] = readdirSync(b).filter((file) =>
    file.startsWith("events.out.tfevents."),
  );
  expect(others).toEqual([]);
  expect(readdirSync(a).filter((file) => file.startsWith("events"))).toEqual([]);
  const records = readRecords(new Uint8Array(readFileSync(join(b, name))));
  // The version, the settings, two epochs, the test.
  expect(records).toHaveLength(5);
  const [, config, epoch, , findings] = records.map((record) => new TextDecoder().decode(record));
  expect(config).toContain('"model": "lenet5"');
  for (const tag of ["loss/train", "accuracy/validation", "learning_rate", "confusion/validation"])
    expect(epoch).toContain(tag);
  expect(epoch).toContain("weights/conv1.weight");
  expect(findings).toContain("precision_recall/9");
  expect(findings).toContain("confusion/test");
});

describe("report.html", () => {
  test("is written by train unless told not to, and by report", async () => {
    expect(existsSync(join(a, "report.html"))).toBe(true);
    expect(existsSync(join(b, "report.html"))).toBe(false);
    const file = join(folder, "page.html");
    const { code, events } = await convkit("report", b, "--out", file, "--json", "--threads", "1");
    expect(code).toBe(0);
    expect(events).toMatchObject([{ event: "report", run: b, file, images: 60 }]);
    expect(readFileSync(file, "utf8")).toContain("--no-report");
  });

  test("needs nothing but itself, and shows the pictures behind a cell", async (context) => {
    if (!executablePath) context.skip("Chromium is not installed");
    const browser = await chromium.launch({ executablePath, args });
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) faults.push(request.url());
      });
      await page.goto(`file://${join(a, "report.html")}`);
      const cell = page.locator(".confusion .miss button").first();
      const count = Number(await cell.textContent());
      await cell.click();
      expect(await page.locator("dialog img").count()).toBe(Math.min(count, 12));
      const widths = await page
        .locator("dialog img")
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
      expect(new Set(widths)).toEqual(new Set([28]));
      const sum = await page
        .locator(".confusion button")
        .evaluateAll((buttons) =>
          buttons.reduce((all, button) => all + Number(button.textContent), 0),
        );
      expect(sum).toBe(60);
      expect(await page.locator("section svg").count()).toBe(4);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);
});
