import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";

const folder = temporaryFolder();

interface Box {
  readonly title: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

async function drawn(...words: string[]) {
  const file = join(folder, "net.svg");
  const { code, stderr } = await convkit("draw", ...words, "--out", file);
  expect([code, stderr]).toEqual([0, ""]);
  const svg = readFileSync(file, "utf8");
  const { document } = parseHTML(svg);
  const boxes = [...document.querySelectorAll('g[text-anchor="middle"]')].map((group): Box => {
    const rects = [...group.querySelectorAll("rect")];
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) =>
      Number(rects.at(-1)?.getAttribute(name)),
    );
    const title = group.querySelector("text")?.textContent ?? "";
    return { title, left: x, top: y, width, height };
  });
  return { svg, boxes, arrows: document.querySelectorAll("path[marker-end]").length };
}

test("a box for each group of blocks, an arrow from one to the next, title and figures", async () => {
  const { svg, boxes, arrows } = await drawn("resnet50");
  expect(boxes.map(({ title }) => title)).toContain("6 × bottleneck");
  expect(boxes).toHaveLength(10);
  expect(arrows).toBe(9);
  expect(svg).toContain("25.6 M parameters · 4.09 G multiply-adds");
  expect(svg).toContain("1024×14×14");
});

test.each([["--unfold"], ["--depth", "3"], ["--unfold", "--horizontal"]])(
  "boxes lie apart and within the picture: %s",
  async (...flags) => {
    const { svg, boxes } = await drawn("resnet18", ...flags);
    expect(boxes.length).toBeGreaterThan(10);
    const [width, height] = ["width", "height"].map((name) =>
      Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]),
    );
    expect(width > height).toBe(flags.includes("--horizontal"));
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart =
          a.left + a.width <= b.left ||
          b.left + b.width <= a.left ||
          a.top + a.height <= b.top ||
          b.top + b.height <= a.top;
        expect(apart, `${a.title} and ${b.title}`).toBe(true);
      }
    }
  },
);

test("--json tells the file; a model that is none is wrong usage", async () => {
  const out = join(folder, "lenet.svg");
  const [good, bad, png] = await Promise.all([
    convkit("draw", "lenet5", "--out", out, "--json"),
    convkit("draw", "letet5"),
    convkit("draw", "lenet5", "--out", join(folder, "lenet.png")),
  ]);
  expect(good.events).toEqual([
    { event: "drawing", model: "lenet5", inputShape: [1, 32, 32], out, notes: [] },
  ]);
  expect([bad.code, bad.stdout]).toEqual([2, ""]);
  expect([png.code, png.stderr.trim()]).toEqual([2, expect.stringMatching(/a name in \.svg/)]);
});
