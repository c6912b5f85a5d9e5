/** Windows as ONNX describes them, over one, two or three axes of an image, brought into convkit's terms. */
import type { Call } from "../call.ts";

/** One number for each axis of the image. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The window that an operator's attributes describe over an image of this size. */
export function windowsOf(call: Call, size: readonly number[], kernel: readonly number[]): Windows {
  const same = (value: number) => size.map(() => value);
  const stride = call.list("strides") ?? same(1);
  const dilation = call.list("dilations") ?? same(1);
  const pads = call.list("pads") ?? same(0).concat(same(0));
  const mode = call.text("auto_pad", "NOTSET");
  if (!mode.startsWith("SAME")) {
    const [before, after] = [pads.slice(0, size.length), pads.slice(size.length)];
    return { kernel, stride, dilation, before, after };
  }
  // ⌈H/s⌉ windows; the odd row of padding stands at the end or at the beginning.
  const total = size.map((dim, i) => {
    const last = (Math.ceil(dim / stride[i]) - 1) * stride[i];
    return Math.max(0, last + dilation[i] * (kernel[i] - 1) + 1 - dim);
  });
  const less = total.map((sum) => Math.floor(sum / 2));
  const more = total.map((sum) => Math.ceil(sum / 2));
  const isUpper = mode === "SAME_UPPER";
  const [before, after] = isUpper ? [less, more] : [more, less];
  return { kernel, stride, dilation, before, after };
}

/** The window of some of the axes. */
export const over = (w: Windows, ...axes: number[]): Windows => ({
  kernel: axes.map((i) => w.kernel[i]),
  stride: axes.map((i) => w.stride[i]),
  dilation: axes.map((i) => w.dilation[i]),
  before: axes.map((i) => w.before[i]),
  after: axes.map((i) => w.after[i]),
});

/** The window of the first axis over columns: images 1 wide. */
export const asColumn = (w: Windows): Windows => ({
  kernel: [w.kernel[0], 1],
  stride: [w.stride[0], 1],
  dilation: [w.dilation[0], 1],
  before: [w.before[0], 0],
  after: [w.after[0], 0],
});

export const pairOf = (list: readonly number[]): readonly [number, number] => [list[0], list[1]];

/** Top, bottom, left, right. */
export const sidesOf = ({
  before,
  after,
}: Pick<Windows, "before" | "after">): readonly [number, number, number, number] => [
  before[0],
  after[0],
  before[1],
  after[1],
];
