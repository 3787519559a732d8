/** Picture files: BMP through our decoder, PNG, JPEG and WebP through sharp. */
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../../src/node/image.ts';
import { checkPixels } from '../../../src/vision/pixels.ts';
import { encodeBmp } from '../../helpers/bmp-bytes.ts';
import { typed, type FuzzTarget } from '../target.ts';

/** Of 3×2 pixels. */
const RGBA = Uint8Array.from({ length: 24 }, (_, i) => (i * 37) % 256);
const PALETTE = Array.from({ length: 24 }, (_, i) => (i * 29) % 256);

const picture = (): Sharp => sharp(RGBA, { raw: { width: 3, height: 2, channels: 4 } });

/** The target. */
export const pictures: FuzzTarget = {
  seeds: [
    encodeBmp(
      24,
      Array.from({ length: 24 }, (_, i) => i),
    ),
    encodeBmp(32, [...RGBA]),
    encodeBmp(
      16,
      Array.from({ length: 16 }, (_, i) => i * 9),
      { compression: 3, masks: [0xf800, 0x7e0, 0x1f] },
    ),
    encodeBmp(4, [0x34, 0x50, 0, 0, 0x01, 0x20, 0, 0], { palette: PALETTE }),
    encodeBmp(8, [0, 3, 3, 4, 5, 0, 0, 2, 1, 0, 1, 1, 1, 2, 0, 1], { palette: PALETTE, compression: 1 }),
    encodeBmp(4, [3, 0x12, 0, 0, 0, 3, 0x12, 0x30, 0, 1], { palette: PALETTE, compression: 2 }),
    await picture().png().toBuffer(),
    await picture().jpeg().toBuffer(),
    await picture().webp().toBuffer(),
  ],
  mutators: [],
  run: async (bytes) => {
    const pixels = await typed(() => decodeImage(bytes, 'picture'));
    if (pixels) checkPixels(pixels, 'picture');
  },
};
