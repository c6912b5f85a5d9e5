/** Trains LeNet on digits that are drawn here; nothing leaves the machine. */
import { train } from "convkit";

const say = (text: string): void => self.postMessage(text);
const run = await train("lenet5", {
  data: "glyphs:train=2000,test=500",
  epochs: 3,
  callbacks: [
    {
      onEpoch: ({ epoch, loss, valAccuracy = 0 }) =>
        say(`epoch ${epoch}: loss ${loss.toFixed(3)}, ${(100 * valAccuracy).toFixed(1)} % right`),
    },
  ],
});
say(`done: right on ${(100 * run.accuracy).toFixed(1)} % of new digits`);
