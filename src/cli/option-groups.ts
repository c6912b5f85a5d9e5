/** Headings of the options in `convkit train --help`, in their order. */
export const optionGroups = {
  data: "Data:",
  model: "Model:",
  recipe: "Recipe, schedule and loss:",
  augmentation: "Augmentation:",
  transfer: "Freezing and transfer:",
  averages: "Averages and views:",
  run: "Run:",
} as const;
