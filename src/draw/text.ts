/** Texts in strokes: where the pen goes for each letter. */
import { own } from '../util/own.ts';
import { CAPITAL_HEIGHT, GLYPHS, MARKS, MARKS_BELOW, type Glyph } from './glyphs.ts';

/** Units of the glyphs in the size of a text: capitals are 0.7 of it. */
export const UNITS_PER_SIZE = CAPITAL_HEIGHT / 0.7;

/** How broad the pen is, in units of the glyphs. */
export const PEN_WIDTH = 2.1;

/** Between two letters, from the edge of one to the edge of the next, in units of the glyphs. */
const SPACING = 3.6;

/** A path as SVG has it, and where it begins, in units of the glyphs. */
export interface Stroke {
  readonly x: number;
  readonly y: number;
  readonly path: string;
}

/** The strokes of a text, and how wide it is, in units of the glyphs. */
export interface StrokedText {
  readonly width: number;
  readonly strokes: readonly Stroke[];
}

/** What is drawn for characters that the font has not. */
const BOX: Glyph = [7, 'M0 2H7V14H0Z'];

/** A letter with its marks: `é` is `e` and a mark. Marks that begin a text are letters of their own, which the font has not. */
const CLUSTERS = /\P{M}\p{M}*|\p{M}/gu;

/** Letters that reach up as far as capitals do. */
const TALL = /[A-Z0-9bdfhklt]/;

/** A text from left to right, y down from the top of a capital. White space of any kind is one space. */
export function strokedText(text: string): StrokedText {
  const strokes: Stroke[] = [];
  let width = 0;
  for (const cluster of clustersOf(text)) {
    const x = width === 0 ? 0 : width + SPACING;
    const [extent, ...paths] = drawn(cluster) ?? [BOX[0], { x: 0, y: 0, path: BOX[1] }];
    strokes.push(...paths.map((path) => ({ ...path, x: path.x + x })));
    width = x + extent;
  }
  return { width, strokes };
}

/** The width of a text in a size, in the unit of that. */
export function strokedWidth(text: string, size: number): number {
  return (strokedText(text).width * size) / UNITS_PER_SIZE;
}

/** Whether the font has all characters of a text. */
export function hasGlyphs(text: string): boolean {
  return clustersOf(text).every((cluster) => drawn(cluster) !== undefined);
}

function clustersOf(text: string): string[] {
  return text.replace(/\s+/gu, ' ').normalize('NFD').match(CLUSTERS) ?? [];
}

/** How wide a letter is, and its strokes with those of its marks; undefined where the font lacks any of them. */
function drawn(cluster: string): readonly [width: number, ...Stroke[]] | undefined {
  const [letter = '', ...marks] = cluster;
  // A mark takes the place of the dot.
  const glyph = own(GLYPHS, letter === 'i' && marks.length > 0 ? 'ı' : letter);
  if (!glyph) return undefined;
  const [width, path] = glyph;
  const strokes: Stroke[] = [{ x: 0, y: 0, path }];
  for (const [i, mark] of marks.entries()) {
    const found = own(MARKS, mark);
    if (found === undefined) return undefined;
    const top = TALL.test(letter) ? -1.8 : 2.2;
    strokes.push({ x: width / 2, y: MARKS_BELOW.includes(mark) ? CAPITAL_HEIGHT : top - 4 * i, path: found });
  }
  return [width, ...strokes];
}
