/**
 * Where labels stand beside circles so that none covers a circle or another label: each takes the first free place of the
 * eight around its circle, then of those a little farther off, and stays away where there is none.
 */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

export interface Label extends Circle {
  readonly text: string;
}

export interface PlacedLabel {
  readonly text: string;
  /** The middle of the text. */
  readonly x: number;
  readonly y: number;
  readonly of: Circle;
  /** It stands so far off that a line should lead to its circle. */
  readonly far: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const HEIGHT = 12;
/** Of a character of a 10 pixel sans-serif, on the safe side. */
const ADVANCE = 6;
const GAP = 3;

// Right, left, above, below, and the corners.
// biome-ignore format: a table
const directions = [[1, 0], [0, -1], [-1, 0], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]] as const;

/** Labels in the order of their importance; those without a free place within `frame` are left out. */
export function placeLabels(
  labels: readonly Label[],
  circles: readonly Circle[],
  frame: Box,
): PlacedLabel[] {
  const taken: Box[] = [];
  return labels.flatMap(({ text, ...of }) => {
    const { x, y, r } = of;
    const half = (text.length * ADVANCE) / 2;
    for (const away of [0, 8, 18]) {
      for (const [right, down] of directions) {
        const slant = right !== 0 && down !== 0 ? Math.SQRT1_2 : 1;
        const distance = (r + GAP + away) * slant;
        const place = {
          x: x + right * (distance + half),
          y: y + down * (distance + HEIGHT / 2),
        };
        const box = {
          left: place.x - half,
          right: place.x + half,
          top: place.y - HEIGHT / 2,
          bottom: place.y + HEIGHT / 2,
        };
        if (!inside(box, frame) || taken.some((other) => overlap(box, other))) continue;
        if (circles.some((circle) => covers(circle, box))) continue;
        taken.push(box);
        return [{ text, ...place, of, far: away > 0 }];
      }
    }
    return [];
  });
}

const inside = (box: Box, frame: Box): boolean =>
  box.left >= frame.left &&
  box.right <= frame.right &&
  box.top >= frame.top &&
  box.bottom <= frame.bottom;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function covers({ x, y, r }: Circle, box: Box): boolean {
  const dx = Math.max(box.left - x, 0, x - box.right);
  const dy = Math.max(box.top - y, 0, y - box.bottom);
  return Math.hypot(dx, dy) < r;
}
