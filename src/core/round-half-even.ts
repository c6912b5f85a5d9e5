/** The nearest whole number, of two equally near the even one: Python's `round`, and so torchvision's. */
export const roundHalfEven = (x: number): number =>
  x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
