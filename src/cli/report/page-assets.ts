/** The style and the script of a report. */

export const style = `
:root { color-scheme: light dark; --ink: light-dark(#222, #ddd); --paper: light-dark(#fff, #16181c); --line: light-dark(#ddd, #333);
  --hit: 59, 110, 165; --miss: 200, 57, 61; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1320px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .5rem; border-bottom: 1px solid var(--line); }
.note { opacity: .7; margin: .2rem 0 .8rem; }
table { border-collapse: collapse; } th { font-weight: 500; text-align: left; }
.facts th { padding: .15rem 1.2rem .15rem 0; vertical-align: top; opacity: .7; white-space: nowrap; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { max-height: 24rem; overflow: auto; border: 1px solid var(--line); padding: .8rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; }
.key span::before { content: ""; display: inline-block; width: 1.2rem; height: 3px; margin: 0 .4rem .2rem 0; }
.key .training::before { background: #3b6ea5; } .key .validation::before { background: #d9761a; } .key span + span { margin-left: 1rem; }
.wide { overflow: auto; max-height: 95vh; }
.confusion th[scope=col] { vertical-align: bottom; padding: .3rem 0; } .confusion th[scope=col] span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 12rem; }
.confusion th[scope=row] { padding-right: .6rem; text-align: right; } .confusion th[scope=row] span { max-width: 16rem; }
.confusion th span { display: inline-block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: middle; }
.confusion thead { position: sticky; top: 0; background: var(--paper); } .confusion th[scope=row] { position: sticky; left: 0; background: var(--paper); }
.confusion td { min-width: 2.4rem; height: 1.9rem; padding: 0; text-align: center; border: 1px solid var(--line); }
.many { font-size: 11px; } .many td { min-width: 1.3rem; height: 1.2rem; }
.hit { background: rgba(var(--hit), calc(var(--share) * .8)); } .miss { background: rgba(var(--miss), calc(.1 + var(--share) * .9)); }
button { font: inherit; color: inherit; background: none; border: 0; width: 100%; height: 100%; cursor: pointer; }
button:hover, button:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
.pictures { display: flex; flex-wrap: wrap; gap: .8rem; } .pictures figure { width: 112px; font-size: 12px; line-height: 1.3; }
.pictures img { width: 96px; height: 96px; object-fit: contain; background: light-dark(#f2f2f2, #222); } img.small { image-rendering: pixelated; }
.bar { display: inline-block; height: .8rem; background: rgb(var(--hit)); } .fault { color: rgb(var(--miss)); }
.pictures figcaption { overflow-wrap: anywhere; } .broken td { padding-left: 1.2rem; }
.copies { display: flex; flex-wrap: wrap; gap: 1rem; } .copies > div { border: 1px solid var(--line); padding: .5rem; }
.numbers th, .numbers td { padding: .15rem 1rem .15rem 0; } .numbers td { text-align: right; } .numbers th + th { text-align: right; }
dialog { max-width: 60rem; color: inherit; background: var(--paper); border: 1px solid var(--line); } dialog::backdrop { background: rgba(0, 0, 0, .5); }
dialog > button { width: 2rem; float: right; } dialog h3 { margin: 0 0 .8rem; }
@media print { dialog { display: none; } }
`;

export const script = `
const dialog = document.getElementById("pictures");
const element = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text ?? "", ...more });
dialog.querySelector("button").onclick = () => dialog.close();
dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
for (const button of document.querySelectorAll("[data-cell]")) button.onclick = () => {
  const [truth, predicted] = button.dataset.cell.split(",").map((i) => report.classes[i]);
  const numbers = report.cells[button.dataset.cell] ?? [];
  const of = numbers.length < Number(button.textContent) ? numbers.length + " of " + button.textContent : button.textContent;
  dialog.querySelector("h3").textContent = of + (truth === predicted ? ": " + truth + ", told right" : ": " + truth + ", taken for " + predicted);
  dialog.querySelector(".pictures").replaceChildren(...numbers.map((i) => {
    const { source, name, confidence, small } = report.shown[i];
    const figure = element("figure");
    figure.append(element("img", "", { src: source, alt: name, title: name, className: small ? "small" : "" }),
      element("figcaption", (100 * confidence).toFixed(1) + " %"));
    return figure;
  }));
  dialog.showModal();
};
`;
