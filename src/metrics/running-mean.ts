/**
 * A mean whose rounding error does not grow with the number of terms: what each addition loses is added up beside the
 * sum (Neumaier 1974, ZAMM 54).
 */
export class RunningMean {
  #sum = 0;
  #lost = 0;
  #count = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** NaN before the first term. */
  get value(): number {
    // What an infinite sum lost is NaN.
    const sum = Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
    return sum / this.#count;
  }

  reset(): void {
    this.#sum = 0;
    this.#lost = 0;
    this.#count = 0;
  }
}
