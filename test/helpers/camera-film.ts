/** Films for Chromium's made-up camera: `--use-file-for-fake-video-capture` takes YUV4MPEG2 files, which it repeats. */
import type { Pixels } from '../../src/vision/pixels.ts';

/** Y, Cb and Cr of RGB bytes, of ITU-R BT.601 in studio range: weights of each, and what is added. */
const ROWS = [
  [65.481, 128.553, 24.966, 16],
  [-37.797, -74.203, 112, 128],
  [112, -93.786, -18.214, 128],
] as const;

/** RGBA frames of one size, whose extents are even, as a film of 4:2:0. Throws TypeError for others. */
export function y4mFilm(frames: readonly Pixels[], perSecond: number): Uint8Array {
  const [{ width = 0, height = 0 } = {}] = frames;
  const parts: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${perSecond}:1 Ip A1:1 C420jpeg\n`)];
  for (const frame of frames) {
    if (frame.width !== width || frame.height !== height || width % 2 > 0 || height % 2 > 0) {
      throw new TypeError('frames of a film have one size, and that is even');
    }
    const [y, cb, cr] = ROWS;
    parts.push(Buffer.from('FRAME\n'), plane(frame, y, 1), plane(frame, cb, 2), plane(frame, cr, 2));
  }
  return Buffer.concat(parts);
}

/** One plane, of squares of pixels whose side is `side`. */
function plane({ width, height, data }: Pixels, row: (typeof ROWS)[number], side: number): Uint8Array {
  const [red, green, blue, more] = row;
  const [across, down] = [width / side, height / side];
  const values = new Float64Array(across * down);
  for (let i = 0; i < width * height; i++) {
    const [r = 0, g = 0, b = 0] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]];
    const cell = Math.floor(Math.floor(i / width) / side) * across + Math.floor((i % width) / side);
    values[cell] = (values[cell] ?? 0) + (red * r + green * g + blue * b) / 255;
  }
  return Uint8Array.from(values, (sum) => Math.round(more + sum / (side * side)));
}
