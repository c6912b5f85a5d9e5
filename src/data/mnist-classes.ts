/** Names of the classes of MNIST's kin. */

export const DIGITS: readonly string[] = [..."0123456789"];

/** H. Xiao, K. Rasul and R. Vollgraf 2017, arXiv:1708.07747, table 2. */
export const FASHION_CLASSES: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** T. Clanuwat et al. 2018, arXiv:1812.01718, figure 4: hiragana by their sounds. */
export const KMNIST_CLASSES: readonly string[] = [
  ...["o", "ki", "su", "tsu", "na"],
  ...["ha", "ma", "ya", "re", "wo"],
];

const CAPITALS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const MERGED = [...DIGITS, ...CAPITALS, ..."abdefghnqrt"];

/** G. Cohen et al. 2017, arXiv:1702.05373, section II: letters whose small and capital forms look alike are one class in some. */
export const EMNIST_CLASSES: Readonly<Record<string, readonly string[]>> = {
  byclass: [...DIGITS, ...CAPITALS, ..."abcdefghijklmnopqrstuvwxyz"],
  bymerge: MERGED,
  balanced: MERGED,
  letters: CAPITALS,
  digits: DIGITS,
  mnist: DIGITS,
};
