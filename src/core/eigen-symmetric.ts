/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
 * section 8.5): each rotation makes one element off the diagonal 0, sweeps go on until all of them are as good as that.
 *
 *     A = Σ λᵢ·vᵢ·vᵢᵀ
 */
export interface EigenPair {
  readonly value: number;
  /** Of length 1; its largest element is positive. */
  readonly vector: Float64Array;
}

/** Largest value first. `matrix` is n×n, row by row; only its lower triangle is read. */
export function eigenSymmetric(matrix: ArrayLike<number>, n: number): EigenPair[] {
  const a = Float64Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return row >= column ? matrix[at] : matrix[column * n + row];
  });
  const vectors = Array.from({ length: n }, (_, i) => {
    const unit = new Float64Array(n);
    unit[i] = 1;
    return unit;
  });
  const enough = Number.EPSILON * Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
  for (let rotated = true; rotated; ) {
    rotated = false;
    for (let p = 1; p < n; p++) {
      for (let q = 0; q < p; q++) {
        if (Math.abs(a[p * n + q]) <= enough) continue;
        rotated = true;
        rotate(a, vectors, p, q);
      }
    }
  }
  return vectors
    .map((vector, i) => ({ value: a[i * n + i], vector: pointed(vector) }))
    .sort((one, other) => other.value - one.value);
}

/** A ← JᵀAJ with the rotation J of the plane of p and q that makes A's element there 0; V ← VJ. */
function rotate(a: Float64Array, vectors: readonly Float64Array[], p: number, q: number): void {
  const n = vectors.length;
  const tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  const mix = (values: Float64Array, i: number, other: Float64Array, j: number) => {
    const [x, y] = [values[i], other[j]];
    values[i] = c * x - s * y;
    other[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) mix(a, k * n + p, a, k * n + q);
  for (let k = 0; k < n; k++) mix(a, p * n + k, a, q * n + k);
  // Exactly, so that sweeps end.
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let k = 0; k < n; k++) mix(vectors[p], k, vectors[q], k);
}

/** A vector and its opposite are as good: this one is chosen. */
function pointed(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? vector.map((x) => -x) : vector;
}
