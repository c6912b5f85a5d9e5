/** A worker thread that prepares pictures: one task after the other, as they come. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { ConvkitError } from "../core/error.ts";
import {
  type Decoded,
  type PictureTask,
  type PictureWorkSettings,
  pictureWork,
} from "./picture-task-node.ts";

export type Answer =
  | { readonly decoded: Decoded }
  | { readonly where: string; readonly message: string };

function serve(port: MessagePort, settings: PictureWorkSettings): void {
  const work = pictureWork(settings);
  let last: Promise<void> = Promise.resolve();
  port.on("message", (task: PictureTask) => {
    last = last.then(async () => port.postMessage(await answerTo(task)));
  });
  const answerTo = (task: PictureTask): Promise<Answer> =>
    work.then((run) => run(task)).then((decoded) => ({ decoded }), inWords);
}

/** An error's class is lost between threads. */
function inWords(error: unknown): Answer {
  if (error instanceof ConvkitError) {
    return { where: error.where, message: error.message.replace(/^\[[^\]]*\] /, "") };
  }
  return { where: "data", message: String(error instanceof Error ? error.stack : error) };
}

if (parentPort) serve(parentPort, workerData as PictureWorkSettings);
