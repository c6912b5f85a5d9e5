/** Colours and greys as they are: R, G, B; Pillow's luma (ITU-R BT.601); and the plain mean of the three, (R + G + B) / 3. */
import { type Represent, writePlanes } from "./source.ts";

export const rgb: Represent = (source, out, at) => writePlanes(source.rgb, 3, out, at);

export const grey: Represent = (source, out, at) => out.set(source.grey, at);

export const intensity: Represent = ({ rgb, pixels }, out, at) => {
  for (let i = 0; i < pixels; i++) {
    out[at + i] = (rgb[3 * i] + rgb[3 * i + 1] + rgb[3 * i + 2]) / 3;
  }
};
