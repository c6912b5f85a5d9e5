/** An inspection as one HTML file: counts, sizes, pictures of each class, copies side by side, broken files. */
import { countFiles, type Inspection, rangeOf, suggestedSize } from "../../data/node.ts";
import { count } from "../output.ts";
import { drawSizes } from "../report/charts.ts";
import { escapeHtml, factsTable, formatPage, section } from "../report/html.ts";
import { pagePicture } from "../report/page-picture.ts";
import { faultsOf, kindOfCopies, sortedCopies } from "./faults.ts";
import { inClasses, suggestedCommand, tally } from "./figures.ts";
import { sampleClasses } from "./samples.ts";
import { partTitle } from "./tell.ts";

/** Groups of copies that are shown, and pictures of each. */
const MOST_COPIES = { groups: 100, pictures: 6 } as const;

export async function formatInspection(data: string, inspection: Inspection): Promise<string> {
  const { broken, pictures, inFiles } = inspection;
  const sections = [
    section("In short", facts(data, inspection)),
    section("Classes", classTable(inspection)),
    ...(broken.length > 0
      ? [section(`Broken files, ${broken.length}`, brokenTable(inspection))]
      : []),
    ...(await copies(inspection)),
    ...(inFiles && pictures.length > 0
      ? [
          section(
            "Sizes",
            `<div class="charts"><figure>${drawSizes(pictures)}</figure></div>`,
            "A dot a picture; squares lie on the dashed line.",
          ),
        ]
      : []),
    section("Pictures", await contactSheet(inspection), "Drawn at random, the same every time."),
  ];
  return formatPage(data, sections.join("\n"));
}

function facts(data: string, inspection: Inspection): string {
  const { pictures, normalization, notes } = inspection;
  const faults = faultsOf(inspection);
  const spread = (values: readonly number[]): string => {
    const { min, median, max } = rangeOf(values);
    return min === max ? `${min}` : `${min} … ${median} … ${max}`;
  };
  const listed = (values: readonly (string | undefined)[]): string =>
    tally(values.filter((value) => value !== undefined))
      .map(([value, times]) => `${escapeHtml(value)} ${count(times)}`)
      .join(", ");
  const [formats, modes] = [
    listed(pictures.map(({ format }) => format)),
    listed(pictures.map(({ mode }) => mode)),
  ];
  const size = suggestedSize(inspection);
  const rows: [string, string][] = [
    ["data", inClasses(inspection)],
    ...(faults.length > 0
      ? [
          [
            "wrong",
            faults.map((fault) => `<span class="fault">${escapeHtml(fault)}</span>`).join("<br>"),
          ] as [string, string],
        ]
      : []),
    ...notes.map((note): [string, string] => ["note", escapeHtml(note)]),
    ["width", spread(pictures.map(({ width }) => width))],
    ["height", spread(pictures.map(({ height }) => height))],
    ...(formats
      ? ([
          ["format", formats],
          ["mode", modes],
        ] as [string, string][])
      : []),
    ["mean", normalization.mean.join(", ")],
    ["deviation", normalization.std.join(", ")],
    ...(size === undefined ? [] : [["suggested size", `${size}×${size}`] as [string, string]]),
    ["to go on", `<code>${escapeHtml(suggestedCommand(data, inspection))}</code>`],
  ];
  return factsTable(rows);
}

function classTable(inspection: Inspection): string {
  const { classes, parts } = inspection;
  const counts = parts.map((part) => countFiles(inspection, part));
  const most = Math.max(1, ...counts[0]);
  const head = parts.map((part) => `<th>${partTitle(part)}</th>`).join("");
  const rows = classes.map((name, label) => {
    const width = ((16 * counts[0][label]) / most).toFixed(2);
    const cells = counts.map((of) => `<td>${count(of[label])}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells}<td style="text-align: left"><span class="bar" style="width: ${width}rem"></span></td></tr>`;
  });
  return `<table class="numbers"><tr><th>class</th>${head}<th></th></tr>${rows.join("")}</table>`;
}

function brokenTable({ broken, classes }: Inspection): string {
  const rows = broken.map(
    ({ name, label, reason }) =>
      `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(classes[label])}</td><td>${escapeHtml(reason)}</td></tr>`,
  );
  return `<table class="facts broken">${rows.join("")}</table>`;
}

async function copies(inspection: Inspection): Promise<string[]> {
  const sorted = sortedCopies(inspection);
  if (sorted.length === 0) return [];
  const groups: string[] = [];
  for (const group of sorted.slice(0, MOST_COPIES.groups)) {
    const shown = group.pictures.slice(0, MOST_COPIES.pictures);
    const figures = await Promise.all(
      shown.map((i) => figureOf(inspection, i, captionOf(inspection, i))),
    );
    const kind = kindOfCopies(group);
    const words = `<span${group.acrossClasses || group.acrossParts ? ' class="fault"' : ""}>${kind}</span>`;
    const more = group.pictures.length - shown.length;
    groups.push(
      `<div><p class="note">${words}, ${group.isExact ? "equal" : "altered"}${more > 0 ? `, ${more} more` : ""}</p>` +
        `<div class="pictures">${figures.join("")}</div></div>`,
    );
  }
  const more = sorted.length - groups.length;
  return [
    section(
      `Copies, ${count(sorted.length)} ${sorted.length === 1 ? "group" : "groups"}`,
      `<div class="copies">${groups.join("")}</div>${more > 0 ? `<p>${count(more)} more groups.</p>` : ""}`,
      "Equal files, and such that were recompressed, resized or brightened.",
    ),
  ];
}

async function contactSheet(inspection: Inspection): Promise<string> {
  const rows: string[] = [];
  for (const { name, pictures } of sampleClasses(inspection)) {
    const figures = await Promise.all(pictures.map((i) => figureOf(inspection, i)));
    rows.push(`<h3>${escapeHtml(name)}</h3><div class="pictures">${figures.join("")}</div>`);
  }
  return rows.join("\n");
}

/** `caption` is HTML. */
async function figureOf(inspection: Inspection, i: number, caption = ""): Promise<string> {
  const { source, small } = await pagePicture(await inspection.read(i));
  const name = escapeHtml(inspection.pictures[i].name);
  const words = caption && `<figcaption>${caption}</figcaption>`;
  return `<figure><img src="${source}" alt="${name}" title="${name}"${small ? ' class="small"' : ""}>${words}</figure>`;
}

function captionOf({ pictures, classes }: Inspection, i: number): string {
  const { name, label, part, width, height } = pictures[i];
  const place = part === "all" ? classes[label] : `${classes[label]}, ${part}`;
  const short = name.split(/[\\/]/).at(-1) ?? "";
  return `${escapeHtml(place)}<br>${escapeHtml(short)}<br>${width}×${height}`;
}
