/** A cell of a table in CSV, quoted where it must be (RFC 4180). */
export const csvCell = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
