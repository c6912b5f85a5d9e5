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
