/** Attention, and what goes with it: embeddings, positions, windows, channel gates. */
export {};
