/** A display list on a canvas. */
import type { DisplayList, LinesShape, Shape2D, TextShape } from './display-list.ts';
import type { TextWidth } from './label-shapes.ts';
import { hasGlyphs, PEN_WIDTH, strokedText, strokedWidth, UNITS_PER_SIZE } from './text.ts';

/** What is painted on. */
export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Of texts that our own font has not all letters of. */
const OTHER_FONT = 'system-ui, sans-serif';

/** The width of a text as `paintList` paints it. */
export function widthOnCanvas(context: Canvas2D): TextWidth {
  return (text, size) => {
    if (hasGlyphs(text)) return strokedWidth(text, size);
    context.font = `${size}px ${OTHER_FONT}`;
    return context.measureText(text).width;
  };
}

/** Paints all shapes, in the units that the context has been set to. */
export function paintList(context: Canvas2D, { shapes }: DisplayList): void {
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const shape of shapes) {
    if (shape.kind === 'text') paintText(context, shape);
    else paintShape(context, shape);
  }
  context.restore();
}

function paintShape(context: Canvas2D, shape: Exclude<Shape2D, TextShape>): void {
  const { fill, stroke, lineWidth = 1, fillOpacity = 1, strokeOpacity = 1 } = shape;
  context.beginPath();
  addPath(context, shape);
  if (fill) {
    context.globalAlpha = fillOpacity;
    context.fillStyle = fill;
    context.fill('evenodd');
  }
  if (stroke) {
    context.globalAlpha = strokeOpacity;
    context.strokeStyle = stroke;
    context.lineWidth = lineWidth;
    context.stroke();
  }
}

function addPath(context: Canvas2D, shape: Exclude<Shape2D, TextShape>): void {
  if (shape.kind === 'rectangle') context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius ?? 0);
  else if (shape.kind === 'circle') context.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
  else addLines(context, shape);
}

function addLines(context: Canvas2D, { lines, closed }: LinesShape): void {
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const [x, y] = [line[i] ?? 0, line[i + 1] ?? 0];
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    if (closed) context.closePath();
  }
}

/** In strokes, as everywhere; a text that our font has not all letters of in one of the system's. */
function paintText(context: Canvas2D, { x, y, size, text, fill }: TextShape): void {
  context.globalAlpha = 1;
  if (!hasGlyphs(text)) {
    context.fillStyle = fill;
    context.font = `${size}px ${OTHER_FONT}`;
    context.fillText(text, x, y + 0.7 * size);
    return;
  }
  context.save();
  context.translate(x, y);
  context.scale(size / UNITS_PER_SIZE, size / UNITS_PER_SIZE);
  context.strokeStyle = fill;
  context.lineWidth = PEN_WIDTH;
  for (const stroke of strokedText(text).strokes) {
    context.translate(stroke.x, stroke.y);
    context.stroke(new Path2D(stroke.path));
    context.translate(-stroke.x, -stroke.y);
  }
  context.restore();
}
