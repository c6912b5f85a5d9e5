/** The family that a model's name belongs to, for charts: its name without what tells sizes. */

const sizes = new Set(
  "t ti tiny nano s small m medium b base l large xl xlarge h huge bn distilled window".split(" "),
);

/** `resnet` of resnet50, `efficientnet` of efficientnet_b0, `regnet_y` of regnet_y_1_6gf, `swin_v2` of swin_v2_t. */
export function familyOf(name: string): string {
  // timm writes a version without a space.
  const words = name.replace(/([a-z])(v\d)/, "$1_$2").split(/[_-]/);
  // The first number that is no version: letters joined to it are part of the size, `b0`, `patch16`, `x1`.
  const at = words.findIndex((word, i) => /\d/.test(word) && !(i > 0 && /^v\d$/.test(word)));
  const kept = at < 0 ? words : words.slice(0, Math.max(at, 1));
  if (at === 0) kept[0] = kept[0].replace(/\d.*/, "");
  if (at > 0 && /^[a-z]{3,}\d/.test(words[at]) && !words[at].startsWith("patch")) {
    kept.push(words[at].replace(/\d.*/, ""));
  }
  while (kept.length > 1 && sizes.has(kept.at(-1) as string)) kept.pop();
  return kept.join("_");
}
