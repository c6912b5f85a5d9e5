/**
 * Elementary functions on four floats, as functions of the emitted module. Ranges are reduced and a
 * polynomial is evaluated as in the Cephes library (Moshier 1989, single precision); errors are a few units
 * in the last place. Each function is emitted once, when a kernel first asks for it.
 */
import {
  type Code,
  call,
  type Fn,
  f32x4,
  i8x16,
  i32,
  i32x4,
  type ModuleWriter,
  v128,
} from "./assembler.ts";

const f = (x: number): Code => f32x4.const(x);
const i = (x: number): Code => i32x4.const(x);
const { add, sub, mul, div, neg, abs, min, max, nearest } = f32x4;

/** c[0]·xⁿ + … + c[n] by Horner's rule. */
const horner = (x: Code, coefficients: readonly number[]): Code =>
  coefficients.slice(1).reduce<Code>((sum, c) => add(mul(sum, x), f(c)), f(coefficients[0]));

const ifThen = (mask: Code, a: Code, b: Code): Code => v128.bitselect(a, b, mask);

const IN_PLACE = Array.from({ length: 16 }, (_, byte) => byte);

export type MathName =
  | "exp"
  | "log"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "softplus"
  | "pow"
  | "sin"
  | "cos";

/** Indices of the math functions of one module. */
export class MathLibrary {
  readonly #writer: ModuleWriter;
  readonly #made = new Map<MathName, number>();

  constructor(writer: ModuleWriter) {
    this.#writer = writer;
  }

  /**
   * A call of the function on vectors. The result goes through a shuffle that moves nothing: V8's revectorizer
   * (14.6) ends the process when it follows adjacent stores back to the results of calls, and it stops at shuffles.
   */
  call(name: MathName, ...args: Code[]): Code {
    return i8x16.shuffle(call(this.#index(name), ...args), f32x4.const(0), IN_PLACE);
  }

  #index(name: MathName): number {
    let index = this.#made.get(name);
    if (index === undefined) {
      index = this[`_${name}`]();
      this.#made.set(name, index);
    }
    return index;
  }

  #define(arity: 1 | 2, body: (fn: Fn) => Code): number {
    return this.#writer.func(undefined, new Array(arity).fill("v128"), ["v128"], body);
  }

  /** e^x = 2^k·e^r with k = ⌊x·log₂e⌉; 2^k in two factors, so that results near overflow stay exact. */
  _exp(): number {
    return this.#define(1, (fn) => {
      const [x, r, k, half] = [fn.param(0), fn.local("v128"), fn.local("v128"), fn.local("v128")];
      const power = (e: Code): Code => i32x4.shl(i32x4.add(e, i(127)), i32.const(23));
      return [
        x.set(max(min(x.get(), f(89)), f(-104))),
        k.set(nearest(mul(x.get(), f(Math.LOG2E)))),
        r.set(sub(x.get(), mul(k.get(), f(0.693359375)))),
        r.set(sub(r.get(), mul(k.get(), f(-2.1219444e-4)))),
        k.set(i32x4.trunc_sat_f32x4_s(k.get())),
        half.set(i32x4.shr_s(k.get(), i32.const(1))),
        mul(
          mul(
            add(
              add(
                mul(
                  horner(
                    r.get(),
                    [
                      1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                      1.6666665459e-1, 5.0000001201e-1,
                    ],
                  ),
                  mul(r.get(), r.get()),
                ),
                r.get(),
              ),
              f(1),
            ),
            power(half.get()),
          ),
          power(i32x4.sub(k.get(), half.get())),
        ),
      ];
    });
  }

  /** ln x = e·ln 2 + ln m with m in [√½, √2); subnormal x is scaled by 2²³ first. */
  _log(): number {
    return this.#define(1, (fn) => {
      const x = fn.param(0);
      const [m, e, z, small, y] = [0, 1, 2, 3, 4].map(() => fn.local("v128"));
      return [
        small.set(f32x4.lt(x.get(), f(1.17549435e-38))),
        m.set(ifThen(small.get(), mul(x.get(), f(2 ** 23)), x.get())),
        e.set(i32x4.sub(i32x4.shr_u(m.get(), i32.const(23)), i(126))),
        e.set(f32x4.convert_i32x4_s(i32x4.sub(e.get(), v128.and(small.get(), i(23))))),
        m.set(v128.or(v128.and(m.get(), i(0x007fffff)), f(0.5))),
        small.set(f32x4.lt(m.get(), f(Math.SQRT1_2))),
        e.set(sub(e.get(), v128.and(small.get(), f(1)))),
        m.set(sub(add(m.get(), v128.and(small.get(), m.get())), f(1))),
        z.set(mul(m.get(), m.get())),
        y.set(
          mul(
            mul(
              horner(
                m.get(),
                [
                  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1,
                  1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
                  3.3333331174e-1,
                ],
              ),
              m.get(),
            ),
            z.get(),
          ),
        ),
        y.set(add(y.get(), mul(e.get(), f(-2.1219444e-4)))),
        y.set(sub(y.get(), mul(z.get(), f(0.5)))),
        y.set(add(add(y.get(), m.get()), mul(e.get(), f(0.693359375)))),
        // ln 0 = −∞, ln ∞ = ∞, NaN for NaN and below zero
        y.set(ifThen(f32x4.eq(x.get(), f(Infinity)), x.get(), y.get())),
        y.set(ifThen(f32x4.eq(x.get(), f(0)), f(-Infinity), y.get())),
        ifThen(f32x4.ge(x.get(), f(0)), y.get(), f(Number.NaN)),
      ];
    });
  }

  /** A polynomial below 0.625, else 1 − 2/(e^{2|x|} + 1) with the sign of x. */
  _tanh(): number {
    const exp = this.#index("exp");
    return this.#define(1, (fn) => {
      const x = fn.param(0);
      const [a, z, big] = [fn.local("v128"), fn.local("v128"), fn.local("v128")];
      const sign = v128.and(x.get(), i(0x80000000 | 0));
      return [
        a.set(abs(x.get())),
        z.set(mul(x.get(), x.get())),
        big.set(sub(f(1), div(f(2), add(call(exp, add(a.get(), a.get())), f(1))))),
        ifThen(
          f32x4.lt(a.get(), f(0.625)),
          add(
            mul(
              mul(
                horner(
                  z.get(),
                  [
                    -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
                    -3.33332819422e-1,
                  ],
                ),
                z.get(),
              ),
              x.get(),
            ),
            x.get(),
          ),
          v128.or(big.get(), sign),
        ),
      ];
    });
  }

  /** x·P(x²) below 1; beyond, 1 − e^{−x²}·Q(t) with t = 1/(1 + 0.3275911·|x|) (Abramowitz, Stegun 7.1.26). */
  _erf(): number {
    const exp = this.#index("exp");
    return this.#define(1, (fn) => {
      const x = fn.param(0);
      const [a, z, t, big] = [0, 1, 2, 3].map(() => fn.local("v128"));
      const sign = v128.and(x.get(), i(0x80000000 | 0));
      return [
        a.set(abs(x.get())),
        z.set(mul(x.get(), x.get())),
        t.set(div(f(1), add(f(1), mul(a.get(), f(0.3275911))))),
        big.set(
          sub(
            f(1),
            mul(
              mul(
                horner(
                  t.get(),
                  [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592],
                ),
                t.get(),
              ),
              call(exp, neg(z.get())),
            ),
          ),
        ),
        ifThen(
          f32x4.lt(a.get(), f(1)),
          mul(
            x.get(),
            horner(
              z.get(),
              [
                7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3,
                -2.685381193529856e-2, 1.128358514861418e-1, -3.7612625824233e-1, 1.12837916572671,
              ],
            ),
          ),
          v128.or(big.get(), sign),
        ),
      ];
    });
  }

  /** σ(x) = 1/(1 + e^{−x}). */
  _sigmoid(): number {
    const exp = this.#index("exp");
    return this.#define(1, (fn) => [div(f(1), add(f(1), call(exp, neg(fn.param(0).get()))))]);
  }

  /** max(x, 0) + ln(1 + u) with u = e^{−|x|}; ln(1 + u) = ln(w)·u/(w − 1), w = 1 + u, keeps small u exact. */
  _softplus(): number {
    const exp = this.#index("exp");
    const log = this.#index("log");
    return this.#define(1, (fn) => {
      const x = fn.param(0);
      const [u, w] = [fn.local("v128"), fn.local("v128")];
      const corrected = mul(call(log, w.get()), div(u.get(), sub(w.get(), f(1))));
      return [
        u.set(call(exp, neg(abs(x.get())))),
        w.set(add(u.get(), f(1))),
        add(max(x.get(), f(0)), ifThen(f32x4.eq(w.get(), f(1)), u.get(), corrected)),
      ];
    });
  }

  /** x^y = e^{y·ln|x|}, negative for negative x and odd y, NaN for negative x and fractional y. */
  _pow(): number {
    const exp = this.#index("exp");
    const log = this.#index("log");
    return this.#define(2, (fn) => {
      const [x, y, r] = [fn.param(0), fn.param(1), fn.local("v128")];
      const odd = f32x4.ne(nearest(mul(y.get(), f(0.5))), mul(y.get(), f(0.5)));
      const whole = f32x4.eq(nearest(y.get()), y.get());
      const negative = f32x4.lt(x.get(), f(0));
      return [
        r.set(call(exp, mul(y.get(), call(log, abs(x.get()))))),
        r.set(v128.xor(r.get(), v128.and(v128.and(negative, odd), i(0x80000000 | 0)))),
        r.set(ifThen(v128.andnot(negative, whole), f(Number.NaN), r.get())),
        ifThen(f32x4.eq(y.get(), f(0)), f(1), r.get()),
      ];
    });
  }

  _sin(): number {
    return this.#sine(0);
  }
  _cos(): number {
    return this.#sine(1);
  }

  /** sin(x + shift·π/2): x = k·π/2 + r in three steps, then the polynomial of the quadrant. */
  #sine(shift: 0 | 1): number {
    return this.#define(1, (fn) => {
      const x = fn.param(0);
      const [k, r, z, q] = [0, 1, 2, 3].map(() => fn.local("v128"));
      const sine = add(
        mul(
          mul(horner(z.get(), [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]), z.get()),
          r.get(),
        ),
        r.get(),
      );
      const cosine = add(
        sub(
          mul(
            mul(
              horner(z.get(), [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]),
              z.get(),
            ),
            z.get(),
          ),
          mul(z.get(), f(0.5)),
        ),
        f(1),
      );
      return [
        k.set(nearest(mul(x.get(), f(2 / Math.PI)))),
        r.set(sub(x.get(), mul(k.get(), f(1.5703125)))),
        r.set(sub(r.get(), mul(k.get(), f(4.837512969970703e-4)))),
        r.set(sub(r.get(), mul(k.get(), f(7.549789948768648e-8)))),
        z.set(mul(r.get(), r.get())),
        q.set(i32x4.add(i32x4.trunc_sat_f32x4_s(k.get()), i(shift))),
        v128.xor(
          ifThen(i32x4.eq(v128.and(q.get(), i(1)), i(0)), sine, cosine),
          i32x4.shl(v128.and(q.get(), i(2)), i32.const(30)),
        ),
      ];
    });
  }
}
