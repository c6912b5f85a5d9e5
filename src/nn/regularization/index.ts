/** What makes training noisy, so that it generalises; nothing in evaluation. */
export { Dropout, dropout } from "./dropout.ts";
