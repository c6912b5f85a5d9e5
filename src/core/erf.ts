/**
 * The error function in doubles (Abramowitz and Stegun 1964). Below 2.5 the series 7.1.6, whose terms are all of
 * one sign, so that nothing cancels; beyond, 1 − erfc by the continued fraction 7.1.14, from its 60th term up.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    // erf x = 2/√π · e^(−x²) · Σ 2ᵏ·x²ᵏ⁺¹ / (1·3·…·(2k + 1))
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // √π · e^(x²) · erfc x = 1/(x + ½/(x + 1/(x + 3/2/(x + …))))
  let fraction = a;
  for (let k = 60; k >= 1; k--) fraction = a + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
}
