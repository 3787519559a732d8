/** MediaPipe's attention mesh on a photograph: what it sees twice lies where a person sees it, and irises within their eyes. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { CatalogueEntry } from '../../src/catalogue/entry.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { createFaceDetector } from '../../src/tasks/face-detector.ts';
import { at } from '../../src/util/arrays.ts';
import type { PicturePoint } from '../../src/vision/region-spec.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

/** By eye, in pixels of the picture: the middles of both irises, and the corners of the mouth, left first. */
const IRISES = [
  [222, 191],
  [305, 188],
] as const;
const MOUTH = [
  [231, 281],
  [304, 279],
] as const;

const modelBase = async (entry: CatalogueEntry): Promise<ModelFiles> => {
  const files = await catalogueModel(entry);
  if (!files) throw new Error(`${entry.name} cannot be had here`);
  return files;
};
const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

async function meshOf(landmarks: string, iris: boolean): Promise<readonly PicturePoint[]> {
  using task = await createFaceDetector('blazeface-short', { modelBase, gpu, landmarks, iris: false });
  const { data, info } = await sharp(sharedPath('images/grace_hopper.png'))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
  return at(await task.detect(picture, { mesh: true, iris }), 0).mesh ?? [];
}

const apart = (a: PicturePoint, [x, y]: readonly [number, number]): number => Math.hypot(a.x - x, a.y - y);

it.runIf(hasSharedData)('finds irises without a second network, and the mouth', async () => {
  const mesh = await meshOf('face-mesh-attention', true);
  expect(mesh).toHaveLength(478);
  const eyes = Math.hypot(at(mesh, 33).x - at(mesh, 263).x, at(mesh, 33).y - at(mesh, 263).y);
  [468, 473].forEach((iris, side) => expect(apart(at(mesh, iris), at(IRISES, side))).toBeLessThan(0.03 * eyes));
  // Each side of a mouth that is closed has a shadow, which may be counted in or out.
  [61, 291].forEach((corner, side) => expect(apart(at(mesh, corner), at(MOUTH, side))).toBeLessThan(0.1 * eyes));
  const plain = await meshOf('face-mesh', false);
  expect(plain).toHaveLength(468);
  const mean = plain.reduce((sum, { x, y }, i) => sum + apart(at(mesh, i), [x, y]), 0) / plain.length;
  expect(mean).toBeLessThan(0.04 * eyes);
});
