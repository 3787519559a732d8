/** Annotated picture files: formats, and pixels of what was drawn. */
import { describe, expect, it } from 'vitest';
import { rgbOf, classColour } from '../../src/draw/colours.ts';
import { annotatePicture } from '../../src/node/annotate.ts';
import { decodeImage } from '../../src/node/image.ts';
import type { Pixels } from '../../src/vision/pixels.ts';

const picture = (width: number, height: number, pixel: readonly number[]): Pixels => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 4 }, (_, i) => pixel[i % 4] ?? 0),
});

const GREY = [80, 80, 80, 255] as const;
const BOX = { x: 20, y: 40, width: 60, height: 30, index: 4, label: 'cup', score: 0.5 };

const pixelAt = ({ width, data }: Pixels, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

const startOf = async (...arguments_: Parameters<typeof annotatePicture>): Promise<number[]> => [
  ...(await annotatePicture(...arguments_)).subarray(0, 3),
];

const refused = (options: object): Promise<unknown> =>
  expect(annotatePicture(picture(9, 9, GREY), [], options)).rejects.toMatchObject({ code: 'INPUT_INVALID' });

describe('an annotated picture', () => {
  it('has its box, its plate with a text, and is else as it was', async () => {
    const drawn = await decodeImage(await annotatePicture(picture(120, 90, GREY), [BOX], { format: 'png' }));
    const colour = [...rgbOf(classColour(4)), 255];
    expect([drawn.width, drawn.height]).toEqual([120, 90]);
    expect(pixelAt(drawn, 50, 70)).toEqual(colour);
    expect(pixelAt(drawn, 22, 26)).toEqual(colour);
    expect(pixelAt(drawn, 50, 55)).toEqual(GREY);
    expect(pixelAt(drawn, 110, 80)).toEqual(GREY);
    const plate = Array.from({ length: 40 * 15 }, (_, i) => pixelAt(drawn, 20 + (i % 40), 25 + Math.floor(i / 40))[1]);
    // The text is black on it.
    expect(plate.filter((green) => green !== undefined && green < 20).length).toBeGreaterThan(20);
  });

  it('is a JPEG, or a PNG where it is transparent somewhere', async () => {
    const [jpeg, png] = [
      [0xff, 0xd8, 0xff],
      [0x89, 0x50, 0x4e],
    ];
    expect(await startOf(picture(9, 9, GREY), [])).toEqual(jpeg);
    expect(await startOf(picture(9, 9, [80, 80, 80, 0]), [])).toEqual(png);
    expect(await startOf(picture(9, 9, GREY), [], { format: 'png' })).toEqual(png);
    const flat = await decodeImage(await annotatePicture(picture(9, 9, [80, 80, 80, 0]), [], { format: 'jpeg' }));
    expect(pixelAt(flat, 4, 4)).toEqual([255, 255, 255, 255]);
  });

  it('is drawn in one piece however long it is, its lines broader', async () => {
    const long = { ...BOX, x: 8000, y: 6, width: 400, height: 60, label: 'a' };
    const drawn = await decodeImage(await annotatePicture(picture(12_800, 90, GREY), [long], { format: 'png' }));
    const colour = [...rgbOf(classColour(4)), 255];
    // Ten times as many pixels as are shown.
    for (const x of [8190, 8191, 8192, 8193]) expect(pixelAt(drawn, x, 70)).toEqual(colour);
  });

  it('is refused for options out of range', async () => {
    await refused({ quality: 101 });
    await refused({ format: 'gif' });
    await refused({ colour: 'red' });
  });
});
