import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

test("columns are as wide as their widest cell, numbers stand right, nothing trails", () => {
  const columns = [{ title: "Layer" }, { title: "#", align: "right" }, { title: "Shape" }] as const;
  const rows = [
    ["conv", "156", "1×6"],
    ["linear1", "8", ""],
  ];
  expect(formatTable(columns, rows, ["Total", "164", ""])).toEqual([
    "Layer      #  Shape",
    "───────────────────",
    "conv     156  1×6",
    "linear1    8",
    "───────────────────",
    "Total    164",
  ]);
});

test("where lines are short, names lose their middle", () => {
  const columns = [{ title: "Layer" }, { title: "#", align: "right" }] as const;
  const rows = [["features.denseblock1.norm1 (batchNorm2d)", "156"]];
  const lines = formatTable(columns, rows, ["Total", "156"], 30);
  expect(lines[2]).toBe("features…m1 (batchNorm2d)  156");
  expect(lines.every((line) => line.length <= 30)).toBe(true);
  expect(formatTable(columns, rows, undefined, 20)).toEqual(formatTable(columns, rows));
});
