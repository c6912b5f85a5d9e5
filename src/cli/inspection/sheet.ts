/** An inspection's contact sheet: a row of pictures for each class. */
import type { Inspection } from "../../data/node.ts";
import { drawContactSheet } from "../../image/node.ts";
import { sampleClasses } from "./samples.ts";

/** A PNG. */
export async function drawInspection(inspection: Inspection): Promise<Uint8Array> {
  const rows = [];
  for (const { name, pictures } of sampleClasses(inspection)) {
    rows.push({ title: name, pictures: await Promise.all(pictures.map(inspection.read)) });
  }
  return drawContactSheet(rows);
}
