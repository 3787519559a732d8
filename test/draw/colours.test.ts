/** Colours of classes: text on them can be read, and neighbours are told apart. */
import { describe, expect, it } from 'vitest';
import { rgbOf, classColour, contrast, textColour, type Colour } from '../../src/draw/colours.ts';
import { range } from '../../src/util/arrays.ts';

const colours = range(1000).map(classColour);

const distance = (a: Colour, b: Colour): number =>
  Math.hypot(...rgbOf(a).map((value, i) => value - (rgbOf(b)[i] ?? 0)));

describe('colours of classes', () => {
  it('are colours, with a contrast of at least 4.5 to the text on them', () => {
    for (const colour of colours) {
      expect(colour).toMatch(/^#[\da-f]{6}$/);
      expect(contrast(colour, textColour(colour))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('differ: all of COCO from each other, and neighbours clearly', () => {
    expect(new Set(colours.slice(0, 80)).size).toBe(80);
    const nearest = range(997).map((i) =>
      Math.min(...[1, 2, 3].map((n) => distance(classColour(i), classColour(i + n)))),
    );
    // Of 442 from black to white.
    expect(Math.min(...nearest)).toBeGreaterThan(50);
  });

  it('are grey for what is no class', () => {
    for (const index of [-1, NaN, 0.5, Infinity, undefined]) expect(classColour(index)).toBe('#9a9a9a');
    expect(contrast('#9a9a9a', textColour('#9a9a9a'))).toBeGreaterThan(4.5);
    expect(classColour(Number.MAX_SAFE_INTEGER)).toMatch(/^#[\da-f]{6}$/);
  });
});

describe('contrast', () => {
  // Values of WCAG 2's definition: 21 at most, and #777777 as the well-known grey that just fails on white.
  it('is that of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 12);
    expect(contrast('#123456', '#123456')).toBe(1);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
