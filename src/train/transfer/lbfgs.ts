/**
 * Limited-memory BFGS (Liu and Nocedal 1989, Mathematical Programming 45; the two loops of Nocedal and Wright 2006, algorithm 7.4),
 * with a step that satisfies the weak Wolfe conditions, found by bisection (Lewis and Overton 2013, Mathematical Programming 141,
 * algorithm 2.6). For smooth functions of many numbers whose value and gradient are computed elsewhere, as on a device.
 */

export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Steps at most; 200 by default. */
  readonly iterations?: number;
  /** Ends when no part of the gradient is larger; 1e-5 by default. */
  readonly tolerance?: number;
  /** Steps that the curvature is taken from; 10 by default. */
  readonly memory?: number;
}

export interface Minimum extends Evaluated {
  readonly x: Float64Array;
  readonly iterations: number;
  /** Whether the gradient came under the tolerance, rather than the value ceasing to fall in the digits it has. */
  readonly converged: boolean;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Armijo's and Wolfe's constants, as Nocedal and Wright recommend. */
const [FALL, FLATTEN] = [1e-4, 0.9];
const BISECTIONS = 20;

export async function lbfgs(
  evaluate: (x: Float64Array) => Promise<Evaluated>,
  start: Float64Array,
  { iterations = 200, tolerance = 1e-5, memory = 10 }: LbfgsOptions = {},
): Promise<Minimum> {
  const pairs: Pair[] = [];
  let x = start;
  let now = await evaluate(x);
  for (let i = 0; i < iterations; i++) {
    if (largest(now.gradient) <= tolerance) return { ...now, x, iterations: i, converged: true };
    const direction = descent(now.gradient, pairs);
    const slope = dot(direction, now.gradient);
    // The first step goes as far as 1 in all; afterwards the direction knows the curvature.
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const found = await search(evaluate, { x, now, direction, slope, first });
    if (!found) return { ...now, x, iterations: i, converged: false };
    const s = found.x.map((value, k) => value - x[k]);
    const y = found.at.gradient.map((value, k) => value - now.gradient[k]);
    const curvature = dot(s, y);
    if (curvature > 0) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    x = found.x;
    now = found.at;
  }
  return { ...now, x, iterations, converged: false };
}

/** −H·g with the inverse curvature H of the last steps. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    alphas[i] = rho * dot(s, q);
    add(q, -alphas[i], y);
  }
  const last = pairs.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let k = 0; k < q.length; k++) q[k] *= scale;
  for (const [i, { s, y, rho }] of pairs.entries()) add(q, alphas[i] - rho * dot(y, q), s);
  return q;
}

interface Ray {
  readonly x: Float64Array;
  readonly now: Evaluated;
  readonly direction: Float64Array;
  readonly slope: number;
  readonly first: number;
}

/** Undefined where the value falls no more, in the digits that it has. */
async function search(
  evaluate: (x: Float64Array) => Promise<Evaluated>,
  { x, now, direction, slope, first }: Ray,
): Promise<{ x: Float64Array; at: Evaluated } | undefined> {
  let [low, high, step] = [0, Number.POSITIVE_INFINITY, first];
  let best: { x: Float64Array; at: Evaluated } | undefined;
  for (let i = 0; i < BISECTIONS; i++) {
    const to = x.map((value, k) => value + step * direction[k]);
    const at = await evaluate(to);
    if (!(at.value <= now.value + FALL * step * slope)) high = step;
    else {
      if (at.value < now.value) best = { x: to, at };
      if (dot(at.gradient, direction) >= FLATTEN * slope) return best;
      low = step;
    }
    step = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** to += factor·x */
function add(to: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * x[i];
}

const largest = (x: Float64Array): number =>
  x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
