/**
 * The one error that convkit throws on purpose. Its message reads `[where] what was found — what to do`,
 * so that a person sees it without a stack; commands print it as it is and exit 1. It is one line, whatever names a file
 * brings into it.
 */
export class ConvkitError extends Error {
  override readonly name = "ConvkitError";
  /** The op, layer, format or command that speaks: `conv2d`, `idx`, `train`. */
  readonly where: string;

  constructor(where: string, message: string, options?: { cause?: unknown }) {
    super(`[${where}] ${message}`.replace(/\p{Cc}+/gu, " "), options);
    this.where = where;
  }
}
