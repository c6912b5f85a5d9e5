/** `convkit data inspect DATA`: counts, sizes, broken files, copies, and what to train with. */
import type { Command } from "commander";
import { ConvkitError } from "../../core/index.ts";
import { parseSource } from "../../data/index.ts";
import { inspectData } from "../../data/node.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import { htmlFile, pngFile } from "../arguments.ts";
import { faultsOf } from "../inspection/faults.ts";
import { inspectionRecord } from "../inspection/record.ts";
import { tellInspection } from "../inspection/tell.ts";
import { dataWords } from "../open-data.ts";
import { Output } from "../output.ts";
import { asUsage } from "../usage.ts";

interface Flags {
  readonly html?: string;
  readonly png?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function dataInspectCommand(data: Command): void {
  data
    .command("inspect")
    .summary("say what is in a data set, and what is wrong with it")
    .description(
      "Decodes every picture and says how many there are of each class, of which sizes and kinds; which files are broken; which pictures " +
        `are copies of each other, in two classes or on both sides of a test. ${dataWords}`,
    )
    .argument("<data>", "a folder of pictures, a table, an archive, or published files")
    .option(
      "--html <file>",
      "write a page with pictures of each class, copies side by side",
      htmlFile,
    )
    .option("--png <file>", "write a contact sheet, a row of pictures for each class", pngFile)
    .option("--strict", "fail if a file is broken, a class empty, or a picture in two places")
    .option("--json", "one JSON object a line on standard output")
    .addHelpText(
      "after",
      `
Examples:
  convkit data inspect photos/
  convkit data inspect photos.zip --html photos.html --png photos.png
  convkit data inspect mnist:data/mnist --json`,
    )
    .action(inspect);
}

async function inspect(data: string, { html, png, strict, json }: Flags): Promise<void> {
  const output = new Output(json ?? false);
  await asUsage(() => parseSource(data));
  const bar = output.bar("looking at pictures {bar} {value}/{total}");
  const inspection = await inspectData(data, (done, total) => bar.update(done, total)).finally(() =>
    bar.stop(),
  );
  tellInspection(output, data, inspection);
  if (png !== undefined) {
    const { drawInspection } = await import("../inspection/sheet.ts");
    await writeFileAtomic(png, await drawInspection(inspection));
    output.say(`contact sheet in ${png}`);
  }
  if (html !== undefined) {
    const { formatInspection } = await import("../inspection/page.ts");
    await writeFileAtomic(html, await formatInspection(data, inspection));
    output.say(`page in ${html}`);
  }
  const faults = faultsOf(inspection);
  output.emit({
    ...inspectionRecord(data, inspection),
    faults,
    html: html ?? null,
    png: png ?? null,
  });
  if (strict && faults.length > 0) {
    throw new ConvkitError("data", `${data}: ${faults.join("; ")} — see the list above`);
  }
}
