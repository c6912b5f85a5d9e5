/** How layers are put together, and shapes changed between them. */
export { Add, add } from "./add.ts";
export { Flatten, flatten } from "./flatten.ts";
export { Identity, identity } from "./identity.ts";
export { Sequential, sequential } from "./sequential.ts";
