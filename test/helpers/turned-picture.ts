/** Pictures of files, in part and turned, and where things lie in them then. */
import sharp, { type Region } from 'sharp';
import type { Pixels } from '../../src/vision/pixels.ts';

/** Part of a picture, perhaps turned clockwise by so many degrees about its middle: all of it stays, on grey. */
export async function pixelsOf(file: string, part?: Region, degrees = 0): Promise<Pixels> {
  const cut = part ? sharp(file).extract(part) : sharp(file);
  const turned = sharp(await cut.png().toBuffer()).rotate(degrees, { background: '#888' });
  const { data, info } = await turned.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
}

/** Where a place of a picture lies in what `pixelsOf` made of it by turning. */
export function turnedPlace(
  { x, y }: { readonly x: number; readonly y: number },
  from: Pick<Pixels, 'width' | 'height'>,
  to: Pick<Pixels, 'width' | 'height'>,
  degrees: number,
): readonly [x: number, y: number] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [across, down] = [x - from.width / 2, y - from.height / 2];
  return [to.width / 2 + cos * across - sin * down, to.height / 2 + sin * across + cos * down];
}
