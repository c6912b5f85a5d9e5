/** Images surrounded by their mirror image or their edges, along one axis: ONNX's Pad. */
import { padImages } from "../../../nn/convolution/pad-mode.ts";
import { string } from "./emission.ts";
import type { Pattern } from "./exporter.ts";
import { patternOf, type Template } from "./template.ts";

/** Our names and ONNX's; going round in a circle is of version 19. */
const MODES = { reflect: "reflect", replicate: "edge" } as const;

/** The image is the part of number `at` of what was put together. */
const padding = (mode: keyof typeof MODES, at: number): Template => ({
  last: "concat",
  formula: (p, node) => {
    const x = node.inputs[at];
    const axis = Number(node.attrs.axis);
    if (x?.shape.length !== 4 || axis < 2 || node.inputs.length > 3) return undefined;
    const [before, after] = [0, 1].map((end) => sizesOf(node.inputs, axis, at, end));
    if (mode === "reflect" && Math.max(before, after) >= x.shape[axis]) return undefined;
    const sides = axis === 2 ? [before, after, 0, 0] : [0, 0, before, after];
    return padImages("exportOnnx", p.tensor("x", x), sides, mode);
  },
  write: (e, { x }, _numbers, { inputs, attrs }) => {
    const axis = Number(attrs.axis);
    const pads = [0, 1].flatMap((end) =>
      [0, 1, 2, 3].map((i) => (i === axis ? sizesOf(inputs, axis, at, end) : 0)),
    );
    return e.emit("Pad", [x, e.ints(pads)], { mode: string(MODES[mode]) });
  },
});

/** Elements along the axis in the parts before or behind the image. */
function sizesOf(
  parts: readonly { readonly shape: readonly number[] }[],
  axis: number,
  at: number,
  end: number,
): number {
  const beside = end === 0 ? parts.slice(0, at) : parts.slice(at + 1);
  return beside.reduce((sum, { shape }) => sum + shape[axis], 0);
}

export const padPatterns: readonly Pattern[] = /* @__PURE__ */ (
  ["reflect", "replicate"] as const
).flatMap((mode) => [0, 1].map((at) => patternOf(padding(mode, at))));
