/** Sample pictures: where one lies in a file of a package, and those that this file draws, the same on every machine. */

/**
 * In `@vladmandic/human` (MIT) lies a screenshot with a row of photographs; this is where its author sits at a table. Only
 * there: elsewhere the screenshot has boxes drawn into it.
 */
export const AT_A_TABLE = { x: 325, y: 0, width: 212, height: 160 };

/** A drawn picture: `data` holds RGB or RGBA bytes as `channels` says, row by row. */
export interface Drawing {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** RGBA, four bytes a pixel. */
  readonly data: Uint8ClampedArray;
}

type Colour = readonly [number, number, number];

/** The pictures this project draws itself. */
export function drawnSamples(): Drawing[] {
  return [landscape(), stillLife()];
}

/** Fills a picture from a function of the position: x and y run from 0 to 1, y downwards. */
function draw(name: string, width: number, height: number, colourAt: (x: number, y: number) => Colour): Drawing {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [r, g, b] = colourAt((column + 0.5) / width, (row + 0.5) / height);
      data.set([r, g, b, 255], (row * width + column) * 4);
    }
  }
  return { name, width, height, data };
}

function mix(a: Colour, b: Colour, t: number): Colour {
  const s = Math.min(1, Math.max(0, t));
  return [a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s, a[2] + (b[2] - a[2]) * s];
}

/** Hills under an evening sky. */
function landscape(): Drawing {
  const hills: readonly (readonly [number, number, number, Colour])[] = [
    [0.55, 0.07, 5, [96, 118, 146]],
    [0.68, 0.09, 3.3, [64, 98, 92]],
    [0.82, 0.06, 7.1, [38, 66, 48]],
  ];
  return draw('drawn: hills', 320, 240, (x, y) => {
    let colour = mix([52, 96, 168], [250, 196, 128], y * 1.6);
    const sun = Math.hypot((x - 0.7) * 1.33, y - 0.38);
    if (sun < 0.3) colour = mix([255, 240, 190], colour, sun < 0.09 ? 0 : (sun - 0.09) / 0.21);
    for (const [base, height, waves, tint] of hills) {
      if (y > base + height * Math.sin(x * waves + base * 20)) colour = mix(tint, [20, 34, 30], (y - base) * 1.5);
    }
    return colour;
  });
}

/** Three shaded balls on a table. */
function stillLife(): Drawing {
  const balls: readonly (readonly [number, number, number, Colour])[] = [
    [0.28, 0.6, 0.16, [206, 62, 48]],
    [0.56, 0.64, 0.12, [240, 168, 42]],
    [0.77, 0.58, 0.18, [72, 132, 66]],
  ];
  return draw('drawn: balls', 320, 320, (x, y) => {
    let colour: Colour =
      y < 0.62 ? mix([206, 212, 218], [178, 184, 190], y) : mix([150, 108, 72], [96, 66, 44], y * 1.4 - 0.7);
    for (const [cx, cy, r] of balls) {
      const shadow = Math.hypot((x - cx - r * 0.35) * 0.8, (y - cy - r * 0.9) * 3);
      if (y > 0.62 && shadow < r) colour = mix(colour, [40, 28, 20], 0.7 * (1 - shadow / r));
    }
    for (const [cx, cy, r, tint] of balls) {
      const dx = (x - cx) / r;
      const dy = (y - cy) / r;
      if (dx * dx + dy * dy >= 1) continue;
      // Lambert shading with the light from the upper left, and a highlight where it is reflected.
      const light = (-dx - 1.2 * dy + 1.4 * Math.sqrt(1 - dx * dx - dy * dy)) / 2.1;
      colour = mix(mix([24, 14, 12], tint, 0.25 + light), [255, 255, 255], (light - 0.86) * 5);
    }
    return colour;
  });
}
