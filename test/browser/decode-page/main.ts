/** Decodes what the test hands in. */
import { decodeImage, resize } from "convkit/image";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

Object.assign(globalThis, {
  async decode(file: string) {
    const { width, height, channels, data } = await decodeImage(bytesOf(file), "a.jpg");
    return { width, height, channels, data: [...data] };
  },
  async decodeResized(file: string, height: number, width: number) {
    return [...resize(await decodeImage(new Blob([bytesOf(file) as never])), height, width).data];
  },
});
