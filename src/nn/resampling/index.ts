/** Layers that change an image's size, or its size against its channels. */
export {};
