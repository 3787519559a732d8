/** Copies of pictures with the boxes that were found, numbered as the command lists them. */
import { basename, extname } from 'node:path';
import { loadSharp } from '../node/image.ts';
import type { DetectedBox } from './detections.ts';
import type { Picture } from './each-picture.ts';
import type { OutputFolder } from './output-folder.ts';

/** Writes a JPEG of the picture with its boxes. */
export async function writeAnnotated(
  folder: OutputFolder,
  { file, pixels }: Picture,
  boxes: readonly DetectedBox[],
): Promise<void> {
  const sharp = await loadSharp();
  const { width, height, data } = pixels;
  const jpeg = await sharp(data, { raw: { width, height, channels: 4 } })
    .flatten({ background: 'white' })
    .composite([{ input: Buffer.from(drawing(width, height, boxes)) }])
    .jpeg({ quality: 90 })
    .toBuffer();
  folder.write(folder.freeName(basename(file, extname(file)), '.jpg'), jpeg);
}

/** The boxes as SVG. Numbers are drawn as strokes: a text would ask for fonts, which a bare machine has not. */
function drawing(width: number, height: number, boxes: readonly DetectedBox[]): string {
  const stroke = Math.max(2, Math.round(Math.max(width, height) / 300));
  const shapes = boxes.map(({ index, box: [x, y, w, h] }, i) => {
    // Neighbouring classes far apart on the colour wheel.
    const colour = `hsl(${Math.round(index * 137.5) % 360}, 90%, 45%)`;
    const rect = `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="none" stroke="${colour}" stroke-width="${stroke}"/>`;
    return rect + badge(String(i + 1), { x, y, unit: stroke * 3, colour });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
}

/** Segments of a digit on a grid of 1×2, as on a pocket calculator; and which of them each digit has. */
const SEGMENTS = ['M0 0H1', 'M1 0V1', 'M1 1V2', 'M0 2H1', 'M0 1V2', 'M0 0V1', 'M0 1H1'];
const DIGITS = ['012345', '12', '01346', '01236', '1256', '02356', '023456', '012', '0123456', '012356'];

function badge(number: string, place: { x: number; y: number; unit: number; colour: string }): string {
  const { x, y, unit, colour } = place;
  const digits = [...number].map((digit, i) => {
    const path = [...(DIGITS[Number(digit)] ?? '')].map((segment) => SEGMENTS[Number(segment)]).join('');
    return `<path transform="translate(${0.7 + i * 1.7} 0.6)" d="${path}"/>`;
  });
  const width = 0.7 + number.length * 1.7;
  return (
    `<g transform="translate(${x} ${y}) scale(${unit})" stroke="white" stroke-width="0.25" fill="none" stroke-linecap="round">` +
    `<rect width="${width}" height="3.2" fill="${colour}" stroke="none"/>${digits.join('')}</g>`
  );
}
