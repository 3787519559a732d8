/** Pixels on a canvas of their extents. */
import type { Pixels } from '../../src/index.ts';

/** What was on the canvas goes. */
export function drawPixels(canvas: HTMLCanvasElement | OffscreenCanvas, { width, height, data }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  const bytes = new Uint8ClampedArray(data.length);
  bytes.set(data);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | null;
  context?.putImageData(new ImageData(bytes, width, height), 0, 0);
}
