/** Annotations on canvases of a page. */
import { drawAnnotations, type Annotation, type DrawAnnotationsOptions, type PictureSize } from '../../../src/index.ts';

/** How opaque each pixel of a canvas is after annotations were drawn on it, over what was there before. */
export function drawn(
  annotations: readonly Annotation[],
  { width, height }: PictureSize,
  options: DrawAnnotationsOptions = {},
): number[] {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context?.fillRect(0, 0, width, height);
  drawAnnotations(canvas, annotations, options);
  const { data } = context?.getImageData(0, 0, width, height) ?? { data: [] };
  return Array.from({ length: width * height }, (_, i) => data[4 * i + 3] ?? 0);
}

/**
 * A canvas that no style sizes, after it was drawn on twice: its extents in pixels of its own and of the page, and the first and
 * last opaque pixel of its middle row, a picture with a box around it lying in its middle.
 */
export function drawnInPage(pixelRatio: number): Readonly<Record<'own' | 'shown' | 'opaque', number[]>> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 100 });
  document.body.append(canvas);
  const picture = { width: 300, height: 200 };
  for (let i = 0; i < 2; i++) drawAnnotations(canvas, [{ ...picture, x: 0, y: 0 }], { size: picture, pixelRatio });
  const { width, height, clientWidth, clientHeight } = canvas;
  const { data } = canvas.getContext('2d')?.getImageData(0, height / 2, width, 1) ?? { data: [] };
  const opaque = Array.from({ length: width }, (_, i) => i).filter((i) => data[4 * i + 3] === 255);
  canvas.remove();
  return { own: [width, height], shown: [clientWidth, clientHeight], opaque: [opaque[0] ?? NaN, opaque.at(-1) ?? NaN] };
}
