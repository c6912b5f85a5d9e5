/**
 * Initial values. An initialiser is a pure function of a shape and a random stream; the stream is derived
 * from the seed and the parameter's path, so that no parameter's value depends on another's.
 */
import type { Random } from "../../core/random.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";

export type Init = (shape: Shape, random: Random) => ArrayLike<number>;

/** Every value drawn by itself. */
export const fill =
  (draw: (random: Random) => number): Init =>
  (shape, random) => {
    // A loop: Float64Array.from would first make a list of as many elements.
    const values = new Float64Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = draw(random);
    return values;
  };
