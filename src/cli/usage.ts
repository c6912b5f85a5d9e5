/** Wrong usage, exit code 2, as opposed to a run that failed, 1. */
import { ConvkitError } from "../core/index.ts";

export class UsageError extends ConvkitError {}

/** What goes wrong while arguments are read is wrong usage. */
export async function asUsage<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConvkitError && !(error instanceof UsageError)) {
      const message = error.message.replace(/^\[[^\]]*\] /, "");
      throw new UsageError(error.where, message, { cause: error });
    }
    throw error;
  }
}
