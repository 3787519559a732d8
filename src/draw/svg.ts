/** A display list as SVG, texts as strokes: no font is needed to show it. */
import type { DisplayList, LinesShape, Shape2D, ShapePaint, TextShape } from './display-list.ts';
import { PEN_WIDTH, strokedText, UNITS_PER_SIZE } from './text.ts';

/** What of a picture is drawn, and how large. */
export interface SvgPart {
  /** Upper left corner and extents of the part, in the units of the display list. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Pixels that each unit becomes. */
  readonly scale: number;
}

/** The whole document. Only what lies in `part` is seen; the whole list, a pixel a unit, unless it is given. */
export function toSvg(list: DisplayList, part: SvgPart = { ...list, x: 0, y: 0, scale: 1 }): string {
  const { x, y, width, height, scale } = part;
  const size = `width="${short(width * scale)}" height="${short(height * scale)}"`;
  const view = `viewBox="${[x, y, width, height].map(short).join(' ')}" preserveAspectRatio="none"`;
  const shapes = list.shapes.map(element).join('');
  // Lines and letters alike have round ends.
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${view} stroke-linecap="round" stroke-linejoin="round">${shapes}</svg>`;
}

function element(shape: Shape2D): string {
  if (shape.kind === 'text') return textElement(shape);
  const paint = attributes(shape);
  if (shape.kind === 'lines') return `<path d="${pathOf(shape)}" fill-rule="evenodd" ${paint}/>`;
  const { x, y } = shape;
  if (shape.kind === 'circle') return `<circle cx="${short(x)}" cy="${short(y)}" r="${short(shape.radius)}" ${paint}/>`;
  const { width, height, radius = 0 } = shape;
  const extents = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
  return `<rect ${extents} rx="${short(radius)}" ${paint}/>`;
}

function attributes({
  fill = undefined,
  stroke,
  lineWidth = 1,
  fillOpacity = 1,
  strokeOpacity = 1,
}: ShapePaint): string {
  const filling = fill ? `fill="${fill}" fill-opacity="${fillOpacity}"` : 'fill="none"';
  if (!stroke) return filling;
  return `${filling} stroke="${stroke}" stroke-opacity="${strokeOpacity}" stroke-width="${short(lineWidth)}"`;
}

function pathOf({ lines, closed }: LinesShape): string {
  return lines.map((line) => `M${line.map(short).join(' ')}${closed ? 'Z' : ''}`).join('');
}

function textElement({ x, y, size, text, fill }: TextShape): string {
  const { strokes } = strokedText(text);
  const paths = strokes.map(
    (stroke) => `<path transform="translate(${short(stroke.x)} ${stroke.y})" d="${stroke.path}"/>`,
  );
  const place = `translate(${short(x)} ${short(y)}) scale(${short(size / UNITS_PER_SIZE)})`;
  return `<g transform="${place}" fill="none" stroke="${fill}" stroke-width="${PEN_WIDTH}">${paths.join('')}</g>`;
}

/** A number in few digits: a thousandth of a pixel is seen by nobody. */
function short(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
