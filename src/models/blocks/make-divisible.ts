/**
 * A width as a multiple of 8, as the authors of MobileNet round it: to the nearest, but by no more than a tenth down
 * (arXiv:1801.04381, its published code). torchvision and timm do the same.
 */
export function makeDivisible(width: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor((width + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * width ? rounded + divisor : rounded;
}
