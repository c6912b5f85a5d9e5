/** Plain tables: columns as wide as their widest cell, two spaces apart, a line under the titles. */

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: "left" | "right";
}

/** Lines without a line feed; cells are one line each. `total` stands under a line of its own. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  total?: readonly string[],
): string[] {
  const titles = columns.map(({ title }) => title);
  const all = [titles, ...rows, ...(total ? [total] : [])];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => widthOf(row[i]))));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align = "left" }, i) => {
        const space = " ".repeat(widths[i] - widthOf(cells[i]));
        return align === "left" ? cells[i] + space : space + cells[i];
      })
      .join("  ")
      .trimEnd();
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
