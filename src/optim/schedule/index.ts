export { constant } from "./constant.ts";
export { cosine } from "./cosine.ts";
export { type OneCycleOptions, oneCycle } from "./one-cycle.ts";
export type { Schedule } from "./schedule.ts";
export { step } from "./step.ts";
export { type WarmupOptions, warmup } from "./warmup.ts";
