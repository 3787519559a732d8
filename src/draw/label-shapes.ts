/** Labels as shapes: plates in the colours of their things, with texts that can be read on them. */
import type { PictureSize } from '../vision/picture-spec.ts';
import type { AnnotationOptions } from './annotations.ts';
import { textColour, type Colour } from './colours.ts';
import type { Shape2D } from './display-list.ts';
import { CAPITAL_HEIGHT } from './glyphs.ts';
import { placeLabels, type Area, type PlacedLabel } from './place-labels.ts';
import { UNITS_PER_SIZE } from './text.ts';

/** How wide a text is in a size, in pixels. */
export type TextWidth = (text: string, size: number) => number;

/** A label to be placed at a box, in pixels of the display. Without a text there is none. */
export interface LabelText {
  readonly text: string;
  readonly colour: Colour;
  readonly box: Area;
}

/** Sizes of a plate, in pixels. */
export interface PlateSizes {
  readonly fontSize: number;
  /** From the edges of the plate to the text, at the sides and above. */
  readonly side: number;
  readonly above: number;
  readonly height: number;
}

/** A plate's sizes for a size of font, in whole pixels so that its edges are crisp. */
export function plateSizes(fontSize: number): PlateSizes {
  const capital = (CAPITAL_HEIGHT / UNITS_PER_SIZE) * fontSize;
  // Letters such as g reach below the line, hardly any above it.
  const height = Math.ceil(capital + fontSize * 0.5);
  return { fontSize, side: Math.ceil(fontSize * 0.3), above: (height - capital) / 2 - fontSize * 0.03, height };
}

/** Labels at their boxes, the first in its place first; and how many found none. */
export function labelShapes(
  labels: readonly LabelText[],
  picture: PictureSize,
  { fontSize = 13 }: AnnotationOptions,
  widthOf: TextWidth,
): { readonly shapes: Shape2D[]; readonly dropped: number } {
  const sizes = plateSizes(fontSize);
  const whole = { width: Math.floor(picture.width), height: Math.floor(picture.height) };
  const wanted = labels.flatMap((label) => {
    const box = label.text === '' ? undefined : partInside(label.box, whole);
    if (!box) return [];
    const text = shortened(label.text, whole.width - 2 * sizes.side, (part) => widthOf(part, fontSize));
    const width = Math.ceil(widthOf(text, fontSize)) + 2 * sizes.side;
    return [{ ...label, text, box, width, height: sizes.height }];
  });
  const places = placeLabels(wanted, whole, 1);
  const placed = wanted.flatMap((label, i) => {
    const place = places[i];
    return place ? [{ ...label, place }] : [];
  });
  const shapes = [
    ...placed.flatMap(({ place, colour }) => leaderShapes(place, colour)),
    ...placed.flatMap(({ place, text, colour }) => plateShapes(place, { text, colour }, sizes)),
  ];
  return { shapes, dropped: wanted.length - placed.length };
}

/** A plate with its text. */
export function plateShapes(
  { x, y, width, height }: Area,
  { text, colour }: Pick<LabelText, 'text' | 'colour'>,
  { fontSize, side, above }: PlateSizes,
): Shape2D[] {
  return [
    { kind: 'rectangle', x, y, width, height, radius: 2, fill: colour },
    { kind: 'text', x: x + side, y: y + above, size: fontSize, text, fill: textColour(colour) },
  ];
}

/** The part of a box that lies in the picture; undefined where none does. */
function partInside(box: Area, picture: PictureSize): Area | undefined {
  const [x, y] = [Math.max(box.x, 0), Math.max(box.y, 0)];
  const width = Math.min(box.x + box.width, picture.width) - x;
  const height = Math.min(box.y + box.height, picture.height) - y;
  return width >= 0 && height >= 0 ? { x, y, width, height } : undefined;
}

/** A text, without its end where it is too wide: then `…` stands for that. */
function shortened(text: string, limit: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= limit) return text;
  const letters = [...text];
  let [fits, over] = [0, letters.length];
  while (over - fits > 1) {
    const half = (fits + over) >> 1;
    if (widthOf(`${letters.slice(0, half).join('')}…`) <= limit) fits = half;
    else over = half;
  }
  return `${letters.slice(0, fits).join('').trimEnd()}…`;
}

function leaderShapes({ leader }: PlacedLabel, colour: Colour): Shape2D[] {
  if (!leader) return [];
  const [, , x, y] = leader;
  const line = { kind: 'lines', lines: [leader], closed: false } as const;
  return [
    { ...line, stroke: '#000000', strokeOpacity: 0.4, lineWidth: 2.5 },
    { ...line, stroke: colour, lineWidth: 1.25 },
    { kind: 'circle', x, y, radius: 2, fill: colour },
  ];
}
