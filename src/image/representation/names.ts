/** What networks may be shown of a picture, by name: how many channels each gives, and how many of the picture it looks at. */
export const representationChannels = {
  rgb: { channels: 3, from: 3 },
  grey: { channels: 1, from: 1 },
  hsv: { channels: 3, from: 3 },
  intensity: { channels: 1, from: 3 },
  fourierMagnitude: { channels: 1, from: 1 },
  fourierPhase: { channels: 1, from: 1 },
} as const;

export type RepresentationName = keyof typeof representationChannels;

export const isRepresentation = (name: unknown): name is RepresentationName =>
  typeof name === "string" && Object.hasOwn(representationChannels, name);

/** Of several stacked. */
export const countChannels = (names: readonly RepresentationName[]): number =>
  names.reduce((sum, name) => sum + representationChannels[name].channels, 0);

/** As people say it: colours in one of two orders, grey, or other representations. */
export type Channels = "rgb" | "bgr" | "grey" | readonly RepresentationName[];

/** `rgb`, `bgr`, `grey`, `hsv`, `rgb+fourierMagnitude`, …; undefined for other texts. */
export function parseChannels(text: string): Channels | undefined {
  if (text === "rgb" || text === "bgr" || text === "grey") return text;
  const names = text.split("+");
  return names.every(isRepresentation) ? names : undefined;
}
