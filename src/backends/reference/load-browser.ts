/**
 * `#reference` outside Node: a page goes without the meanings and samples of ops, which are larger than the
 * engine. A bundler keeps each op's file whole, so even a lazy import would put them into the page.
 */
import { ConvkitError } from "../../core/error.ts";
import type { LoadReference } from "./load.ts";

export const loadReference: LoadReference = async () => {
  throw new ConvkitError(
    "reference",
    "the reference backend is not part of a page's bundle — use wasm here, or reference in Node",
  );
};
