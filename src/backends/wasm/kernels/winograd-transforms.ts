/**
 * The transforms around Winograd's products (see winograd.ts): Bᵀ d B of a 6×6 window and Aᵀ M A of a 4×4 tile,
 * each a one-dimensional transform along columns, then along rows.
 */
import { br_if, type Code, f32x4, type Local, loop, v128 } from "../assembler.ts";
import type { Target } from "../target.ts";
import { multiplyAdd } from "./lane-conv.ts";
import { type Sizes, VECTOR } from "./winograd-sizes.ts";

/** Rows of Bᵀ applied to six vectors. */
function inputRows(target: Target, d: readonly Code[], fn: { local(type: "v128"): Local }) {
  const scale = (k: number, a: Code, c: Code): Code => multiplyAdd(target, f32x4.const(k), a, c);
  const [p, q, r, s] = [0, 1, 2, 3].map(() => fn.local("v128"));
  const before: Code[] = [
    p.set(scale(-4, d[2], d[4])),
    q.set(scale(-4, d[1], d[3])),
    r.set(f32x4.sub(d[4], d[2])),
    s.set(f32x4.sub(d[3], d[1])),
  ];
  const rows: Code[] = [
    scale(4, d[0], scale(-5, d[2], d[4])),
    f32x4.add(p.get(), q.get()),
    f32x4.sub(p.get(), q.get()),
    scale(2, s.get(), r.get()),
    scale(-2, s.get(), r.get()),
    scale(4, d[1], scale(-5, d[3], d[5])),
  ];
  return { before, rows };
}

/** Rows of Aᵀ applied to six vectors. */
function outputRows(target: Target, m: readonly Code[], fn: { local(type: "v128"): Local }) {
  const scale = (k: number, a: Code, c: Code): Code => multiplyAdd(target, f32x4.const(k), a, c);
  const [s, t, u, v] = [0, 1, 2, 3].map(() => fn.local("v128"));
  const before: Code[] = [
    s.set(f32x4.add(m[1], m[2])),
    t.set(f32x4.sub(m[1], m[2])),
    u.set(f32x4.add(m[3], m[4])),
    v.set(f32x4.sub(m[3], m[4])),
  ];
  const rows: Code[] = [
    f32x4.add(m[0], f32x4.add(s.get(), u.get())),
    scale(2, v.get(), t.get()),
    scale(4, u.get(), s.get()),
    f32x4.add(scale(8, v.get(), t.get()), m[5]),
  ];
  return { before, rows };
}

type Rows = typeof inputRows;

/**
 * One-dimensional transforms along columns, then along rows, for two vectors (eight images) at a time, so that
 * pairs stand side by side for the revectorizer.
 */
function emitTwoPasses(
  target: Target,
  fn: { local(type: "v128"): Local },
  rows: Rows,
  results: number,
  load: (row: number, column: number, byte: number) => Code,
  store: (row: number, column: number, byte: number, value: Code) => Code,
  temporary: Local,
): Code[] {
  const values = Array.from({ length: 6 }, () => [fn.local("v128"), fn.local("v128")]);
  const pass = (
    get: (i: number, byte: number) => Code,
    put: (i: number, byte: number, value: Code) => Code,
    half: number,
  ): Code[] => {
    const bytes = [half * 32, half * 32 + 16];
    const sums = bytes.map((_, h) =>
      rows(
        target,
        values.map((v) => v[h].get()),
        fn,
      ),
    );
    return [
      values.map((v, i) => bytes.map((byte, h) => v[h].set(get(i, byte)))),
      sums.map((sum) => sum.before),
      Array.from({ length: results }, (_, i) =>
        bytes.map((byte, h) => put(i, byte, sums[h].rows[i])),
      ),
    ];
  };
  const at = (row: number, column: number): number => (row * 6 + column) * VECTOR;
  return [0, 1].map((half) => [
    [0, 1, 2, 3, 4, 5].map((column) =>
      pass(
        (i, byte) => load(i, column, byte),
        (i, byte, value) => v128.store(temporary.get(), value, at(i, column) + byte),
        half,
      ),
    ),
    Array.from({ length: results }, (_, row) =>
      pass(
        (i, byte) => v128.load(temporary.get(), at(row, i) + byte),
        (i, byte, value) => store(row, i, byte, value),
        half,
      ),
    ),
  ]);
}

/** (window, bytes of a row, V of the tile, temporary): all channels of one window. */
export function emitInputTransform(target: Target, s: Sizes): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p, p],
    [],
    (fn) => {
      const [window, rowBytes, v, temporary] = [0, 1, 2, 3].map((i) => fn.param(i));
      const starts = fn.locals(p, 6);
      const end = fn.local(p);
      return [
        starts.map((start, i) =>
          start.set(i === 0 ? window.get() : pointer.add(starts[i - 1].get(), rowBytes.get())),
        ),
        end.set(pointer.add(window.get(), pointer.const(s.channels * VECTOR))),
        loop([
          emitTwoPasses(
            target,
            fn,
            inputRows,
            6,
            (row, column, byte) =>
              v128.load(starts[row].get(), column * s.channels * VECTOR + byte),
            (row, column, byte, value) =>
              v128.store(v.get(), value, (row * 6 + column) * s.vPoint + byte),
            temporary,
          ),
          [...starts, v].map((q) => q.set(pointer.add(q.get(), pointer.const(VECTOR)))),
          br_if(0, pointer.lt_u(starts[0].get(), end.get())),
        ]),
      ];
    },
    "winograd input",
  );
}

/** (M of the tile, result, temporary): all filters of one 4×4 tile. */
export function emitOutputTransform(target: Target, s: Sizes): number {
  const { pointer } = target;
  const p = pointer.type;
  return target.writer.func(
    undefined,
    [p, p, p],
    [],
    (fn) => {
      const [m, out, temporary] = [0, 1, 2].map((i) => fn.param(i));
      const end = fn.local(p);
      const place = (row: number, column: number): number =>
        (row * s.out[1] + column) * s.filters * VECTOR;
      return [
        end.set(pointer.add(m.get(), pointer.const(s.filters * VECTOR))),
        loop([
          emitTwoPasses(
            target,
            fn,
            outputRows,
            4,
            (row, column, byte) => v128.load(m.get(), (row * 6 + column) * s.mPoint + byte),
            (row, column, byte, value) => v128.store(out.get(), value, place(row, column) + byte),
            temporary,
          ),
          [m, out].map((q) => q.set(pointer.add(q.get(), pointer.const(VECTOR)))),
          br_if(0, pointer.lt_u(m.get(), end.get())),
        ]),
      ];
    },
    "winograd output",
  );
}
