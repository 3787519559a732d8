/** Annotations on a page's canvas, over the picture that is there or that is drawn with them. */
import { InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { isPixels, pictureSize, type PictureSource } from '../pictures/source.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import type { Pixels } from '../vision/pixels.ts';
import { ANNOTATION_OPTIONS, type Annotation, type AnnotationOptions, type ClassMap } from './annotations.ts';
import type { DisplayList } from './display-list.ts';
import { displayList } from './draw.ts';
import { paintList, widthOnCanvas, type Canvas2D } from './paint.ts';

/** What annotations can be drawn on. */
export type AnnotationCanvas = HTMLCanvasElement | OffscreenCanvas;

/** Options of `drawAnnotations`. */
export interface DrawAnnotationsOptions extends AnnotationOptions {
  /** Drawn below the annotations, as large as fits the canvas. Unless given they lie on nothing: over a video, say. */
  readonly picture?: Exclude<PictureSource, GPUTexture>;
  /** Extents of the picture that the annotations are in pixels of; those of `picture`, or else of the canvas. */
  readonly size?: PictureSize;
  /** Pixels of the canvas in one of the display; `devicePixelRatio` of a canvas in a page unless given, 1 of others. */
  readonly pixelRatio?: number;
}

const DRAW_OPTIONS: OptionRules<DrawAnnotationsOptions> = {
  ...ANNOTATION_OPTIONS,
  picture: 'object',
  size: 'object',
  pixelRatio: 'positive',
};

/**
 * Clears a canvas and draws annotations on it: boxes, masks, key points, and labels that do not cover each other, or a map of
 * classes. The picture fits into the canvas as a video with `object-fit: contain` fits into its element, so that a canvas of
 * the same extents lies over that. A canvas in a page gets as many pixels as the display has for it, and keeps its size there.
 * Gives what was drawn; `droppedLabels` of it is how many labels found no place.
 * Throws InputError for what cannot be drawn, naming it, for options out of range, and for a canvas of another context.
 */
export function drawAnnotations(
  canvas: AnnotationCanvas,
  annotations: readonly Annotation[] | ClassMap,
  options: DrawAnnotationsOptions = {},
): DisplayList {
  const { picture, size, pixelRatio, ...look } = requireOptions('drawAnnotations', options, DRAW_OPTIONS);
  if (typeof canvas?.getContext !== 'function') throw new InputError('what is to be drawn on is no canvas');
  const { width, height } = size ?? (picture ? pictureSize(picture) : canvas);
  const context = canvas.getContext('2d') as Canvas2D | null;
  if (!context) throw new InputError('the canvas has another context than "2d"', { hint: 'Take a canvas of its own' });
  const ratio = fitToDisplay(canvas, pixelRatio);
  const scale = Math.min(canvas.width / width, canvas.height / height);
  const displayWidth = look.displayWidth ?? (width * scale) / ratio;
  const list = displayList(annotations, { width, height }, { ...look, displayWidth }, widthOnCanvas(context));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const [left, top] = [margin(canvas.width, width * scale), margin(canvas.height, height * scale)];
  if (picture) {
    const shown = isPixels(picture) ? canvasOf(picture) : (picture as CanvasImageSource);
    context.drawImage(shown, left, top, width * scale, height * scale);
  }
  const unit = (width * scale) / list.width;
  context.setTransform(unit, 0, 0, unit, left, top);
  paintList(context, list);
  context.setTransform(1, 0, 0, 1, 0, 0);
  return list;
}

/** In whole pixels, so that lines stay crisp. */
function margin(extent: number, taken: number): number {
  return Math.round((extent - taken) / 2);
}

/** Gives a canvas of a page as many pixels as are shown of it. Gives how many of them are one of the display. */
function fitToDisplay(canvas: AnnotationCanvas, given: number | undefined): number {
  if (!('clientWidth' in canvas) || canvas.clientWidth === 0) return given ?? 1;
  const { clientWidth, clientHeight } = canvas;
  const ratio = given ?? globalThis.devicePixelRatio;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (canvas.width === width && canvas.height === height) return ratio;
  canvas.width = width;
  canvas.height = height;
  // Where no style says how large the canvas is, it would grow by its pixels.
  if (canvas.clientWidth !== clientWidth) canvas.style.width = `${clientWidth}px`;
  if (canvas.clientHeight !== clientHeight) canvas.style.height = `${clientHeight}px`;
  return ratio;
}

/** Bytes as something that can be drawn in another size. */
function canvasOf({ width, height, data }: Pixels): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const bytes = new Uint8ClampedArray(data.length);
  bytes.set(data);
  canvas.getContext('2d')?.putImageData(new ImageData(bytes, width, height), 0, 0);
  return canvas;
}
