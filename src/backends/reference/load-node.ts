/** The reference backend with the meanings of all ops, loaded when first asked for; `#reference` in Node. */
import type { LoadReference } from "./load.ts";

export const loadReference: LoadReference = async () => {
  const [{ evaluate }, { referenceDevice }, { oracles }] = await Promise.all([
    import("./evaluate.ts"),
    import("./device.ts"),
    import("../../ops/oracles.ts"),
  ]);
  return { evaluate, referenceDevice, oracles };
};
