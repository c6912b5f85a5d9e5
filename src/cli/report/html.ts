/** What pages are made of: one HTML file each, which needs nothing but itself. */
import { style } from "./page-assets.ts";

/** `body` and `script` are HTML and JavaScript, the title is text. */
export const formatPage = (title: string, body: string, script = ""): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
${script && `<script>${script}</script>\n`}</body>
</html>
`;

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/** `body` and `note` are HTML. */
export const section = (title: string, body: string, note = ""): string =>
  `<section><h2>${title}</h2>${note && `<p class="note">${note}</p>`}${body}</section>`;

/** Names and values, which are HTML. */
export const factsTable = (rows: readonly (readonly [string, string])[]): string =>
  `<table class="facts">${rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join("")}</table>`;
