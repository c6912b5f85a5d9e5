/**
 * A sum whose rounding error does not grow with the number of terms (Neumaier 1974, ZAMM 54): what each addition loses is
 * added up beside it.
 */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    // Of infinite sums nothing is lost; ∞ − ∞ beside it is NaN.
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }

  reset(): void {
    this.#sum = 0;
    this.#lost = 0;
  }
}
