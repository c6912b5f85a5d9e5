/** Plain tables: columns as wide as their widest cell, two spaces apart, a line under the titles. */

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: "left" | "right";
}

/** Names of fewer characters say too little: lines that need it are left as long as they are. */
const LEAST_NAME = 20;

/**
 * Lines without a line feed; cells are one line each. `total` stands under a line of its own. Where lines would be longer than
 * `width`, names in the first column lose their middle.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  total?: readonly string[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const titles = columns.map(({ title }) => title);
  const all = [titles, ...rows, ...(total ? [total] : [])];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => widthOf(row[i]))));
  const others = widths.slice(1).reduce((sum, own) => sum + 2 + own, 0);
  const first = width - others < LEAST_NAME ? widths[0] : Math.min(widths[0], width - others);
  widths[0] = first;
  const line = ([name, ...more]: readonly string[]) => {
    const cells = [withoutMiddle(name, first), ...more];
    return columns
      .map(({ align = "left" }, i) => {
        const space = " ".repeat(widths[i] - widthOf(cells[i]));
        return align === "left" ? cells[i] + space : space + cells[i];
      })
      .join("  ")
      .trimEnd();
  };
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(titles), rule, ...rows.map(line), ...(total ? [rule, line(total)] : [])];
}

/** The same as a table of GitHub's Markdown. */
export function formatMarkdown(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  total?: readonly string[],
): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const bold = total?.map((cell) => (cell === "" ? "" : `**${cell}**`));
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map(line),
    ...(bold ? [line(bold)] : []),
  ];
}

/** Characters, not UTF-16 units; all that convkit prints is one column wide. */
const widthOf = (text: string): number => [...text].length;

/** `layer3.…conv1 (conv2d)`: the end says more than the beginning. */
function withoutMiddle(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  const head = Math.floor((width - 1) / 3);
  return `${letters.slice(0, head).join("")}…${letters.slice(head + 1 - width).join("")}`;
}
