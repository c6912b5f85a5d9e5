/** Sections of a report that are the same whatever a run was trained for. */
import type { EpochRecord } from "../../train/index.ts";
import { count, duration, percent } from "../output.ts";
import type { RunRecords } from "../run-records.ts";
import { escapeHtml, factsTable } from "./html.ts";

type Row = readonly [string, string];

/** `first` are the results; names and values, which are HTML. */
export function runFacts(
  { config, history, log, command, run }: RunRecords,
  first: readonly Row[],
  imagesPerSecond: number,
): string {
  const epochs = log.filter((record) => record.event === "epoch");
  const seconds = epochs.reduce((sum, record) => sum + record.seconds, 0);
  const rates = epochs.map(({ imagesPerSecond }) => imagesPerSecond).sort((a, b) => a - b);
  const [start] = log.filter((record) => record.event === "start");
  const speed =
    seconds > 0 ? ` in ${duration(seconds)}, ${count(rates[rates.length >> 1])} images/s` : "";
  const { train, validation, test } = config.data;
  return factsTable([
    ...first,
    ...bestValidation(history),
    [
      "model",
      `${escapeHtml(config.model)}, ${count(config.parameters)} parameters, input ${config.inputShape.join("×")}`,
    ],
    [
      "pictures",
      `${count(train)} to train on, ${count(validation)} to validate, ${count(test)} to test`,
    ],
    [
      "training",
      history.length > 0 ? `${history.length} epochs${speed}` : "of a head alone, at once",
    ],
    ["prediction", `${count(imagesPerSecond)} images/s, reading pictures included`],
    ...(start
      ? [
          [
            "begun",
            `${start.time.slice(0, 16).replace("T", " ")} UTC, ${start.backend}, ${start.threads} threads`,
          ] as const,
        ]
      : []),
    ["run", escapeHtml(run)],
    ...(command === undefined
      ? []
      : [["the same again", `<code>${escapeHtml(command)}</code>`] as const]),
  ]);
}

function bestValidation(history: readonly EpochRecord[]): Row[] {
  const watched = ({ measures, valAccuracy }: EpochRecord) => measures?.meanIoU ?? valAccuracy ?? 0;
  const best = history.reduce((a, b) => (watched(b) > watched(a) ? b : a), history[0]);
  if (best?.valAccuracy === undefined) return [];
  return [["best validation", `${percent(watched(best), 2)} after epoch ${best.epoch}`]];
}

/** `charts` are drawn side by side. */
export const curves = (
  { history }: RunRecords,
  charts: readonly ((history: readonly EpochRecord[]) => string)[],
): string =>
  `<div class="charts">${charts.map((draw) => `<figure>${draw(history)}</figure>`).join("")}</div>
<p class="key"><span class="training">training</span> <span class="validation">validation</span></p>`;

export const settings = ({ config }: RunRecords): string =>
  `<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>`;
