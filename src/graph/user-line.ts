/**
 * The first line of a stack that is neither convkit's own nor a package's: where the user called. Own frames are told by the
 * folder of this very file (sources), or by the file itself (a bundle).
 */
const here = import.meta.url;
const own = here.includes("/src/graph/") ? here.slice(0, here.lastIndexOf("/graph/") + 1) : here;

export function userLine(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    const frame = /(?:\(|@|at )((?:file|https?):\/\/[^)\s]+|\/[^)\s]+:\d+:\d+)\)?$/.exec(
      line.trim(),
    );
    if (!frame) continue;
    const place = frame[1];
    const url = place.startsWith("/") ? `file://${place}` : place;
    if (url.startsWith(own) && !/\.test\.ts:/.test(url)) continue;
    if (url.includes("/node_modules/")) continue;
    return place.replace(/^file:\/\//, "");
  }
  return undefined;
}
