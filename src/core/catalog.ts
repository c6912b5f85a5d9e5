/** What the lists of layers, losses, measures, optimisers, … say of each entry; `docs/layers.md` is made from them. */

export interface CatalogEntry {
  /** As it is exported: `hardSwish`. */
  readonly name: string;
  /** In plain Unicode, on one line: `y = x·ReLU6(x + 3)/6`. */
  readonly formula: string;
  /** Of inputs and result: `N×C×H×W → N×C`; for entries without tensors what is taken and given. */
  readonly shapes: string;
  /** Authors, year, arXiv number or place, equation or table. */
  readonly source: string;
  /** PyTorch's name (`nn.Hardswish`), scikit-learn's or timm's where PyTorch has none; null where none has it. */
  readonly torch: string | null;
}
