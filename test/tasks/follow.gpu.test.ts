/** Faces, hands and people of a film, with real networks: what is followed is what would be found, and the detector rests. */
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { AT_A_TABLE } from '../../src/catalogue/samples.ts';
import { installedPackage } from '../../src/node/packages.ts';
import type { PictureSource } from '../../src/pictures/source.ts';
import { createFaceDetector } from '../../src/tasks/face-detector.ts';
import { createHandDetector } from '../../src/tasks/hand-detector.ts';
import { createPoseEstimator } from '../../src/tasks/pose-estimator.ts';
import type { PictureTask } from '../../src/tasks/picture-task.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import type { PicturePoint } from '../../src/vision/region-spec.ts';
import { boxOverlap, type UprightBox } from '../../src/vision/regions.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { onGpuHere } from '../helpers/task-options.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

/** A part of a photograph, in its pixels, and how that goes on in the next frame. */
interface Shot {
  readonly file: string;
  readonly part: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly step: number;
  readonly degrees: number;
}

/** Frames of a camera that moves over a photograph and turns. */
async function filmOf({ file, part, step, degrees }: Shot, count: number): Promise<Pixels[]> {
  const frames: Pixels[] = [];
  for (let i = 0; i < count; i++) {
    const seen = { ...part, left: part.left + i * step };
    const cut = await sharp(file).extract(seen).png().toBuffer();
    const turned = await sharp(cut)
      .rotate(i * degrees, { background: '#888' })
      .png()
      .toBuffer();
    const { width = 0, height = 0 } = await sharp(turned).metadata();
    const middle = {
      left: Math.floor((width - part.width) / 2),
      top: Math.floor((height - part.height) / 2),
      width: part.width,
      height: part.height,
    };
    const even = await sharp(turned).extract(middle).png().toBuffer();
    const { data, info } = await sharp(even).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    frames.push({ width: info.width, height: info.height, data: new Uint8ClampedArray(data) });
  }
  return frames;
}

interface Thing extends UprightBox {
  readonly points: readonly PicturePoint[];
}

/** What is watched, with the runs of the detector of each frame. */
async function watched<Options extends object, T extends Thing>(
  task: PictureTask<Options, T[]>,
  film: readonly PictureSource[],
  options: Options,
) {
  const run = vi.spyOn(task.session, 'run');
  const frames: { things: (T & { id: number })[]; runs: number }[] = [];
  let before = 0;
  for await (const { result } of task.watch(film, { ...options, every: true })) {
    frames.push({ things: result as unknown as (T & { id: number })[], runs: run.mock.calls.length - before });
    before = run.mock.calls.length;
  }
  run.mockRestore();
  return frames;
}

/** Mean distance of points, in parts of the box's longer side. */
function apart(a: readonly PicturePoint[], b: readonly PicturePoint[], { width, height }: UprightBox): number {
  const distances = a.map((p, i) => Math.hypot(p.x - (b[i]?.x ?? NaN), p.y - (b[i]?.y ?? NaN)));
  return distances.reduce((sum, d) => sum + d, 0) / distances.length / Math.max(width, height);
}

const has = async (...names: string[]): Promise<boolean> =>
  !(await Promise.all(names.map((name) => catalogueModel(findModel(name))))).includes(undefined);

/** The things of the first frames have one id, and are those that are found in the frames by themselves. */
async function expectAlike<T extends Thing>(
  frames: readonly { readonly things: readonly (T & { id: number })[] }[],
  film: readonly Pixels[],
  find: (picture: Pixels) => Promise<T[]>,
  { overlap, far }: { readonly overlap: number; readonly far: number },
): Promise<void> {
  for (const [i, picture] of film.entries()) {
    const { things } = frames[i] ?? { things: [] };
    const found = await find(picture);
    expect(things.map(({ id }) => id)).toEqual([1]);
    const [thing, alone] = [things[0], found[0]];
    if (!thing || !alone) throw new Error(`nothing is found in frame ${i}`);
    expect(boxOverlap(thing, alone), `boxes of frame ${i}`).toBeGreaterThan(overlap);
    expect(apart(thing.points, alone.points, alone), `points of frame ${i}`).toBeLessThan(far);
  }
}

const FRAMES = 5;

/** Found in the first frame, and then without the detector. */
const FOLLOWED = [1, 0, 0, 0, 0];

describe.skipIf(!hasSharedData)('what is followed', () => {
  it('faces, by their meshes, until there are none, and again where there are', async (context) => {
    if (!(await has('blazeface-short', 'face-mesh'))) return context.skip('the networks cannot be had');
    using faces = await createFaceDetector('blazeface-short', onGpuHere);
    const part = { left: 0, top: 0, width: 440, height: 440 };
    const file = sharedPath('images/grace_hopper.png');
    const film = await filmOf({ file, part, step: 8, degrees: 2 }, FRAMES);
    const grey = { width: 440, height: 440, data: new Uint8Array(4 * 440 * 440).fill(128) };
    const frames = await watched(faces, [...film, grey, ...film.slice(0, 1)], { mesh: true });
    expect(frames.map(({ runs }) => runs)).toEqual([...FOLLOWED, 1, 1]);
    expect(frames.map(({ things }) => things.length)).toEqual([1, 1, 1, 1, 1, 0, 1]);
    const find = (picture: Pixels) => faces.detect(picture, { mesh: true });
    await expectAlike(frames, film, find, { overlap: 0.8, far: 0.05 });
    // Where the mesh is, its own network says.
    const meshes = frames.map(({ things }) => ({
      things: things.map((face) => ({ ...face, points: face.mesh ?? [] })),
    }));
    const findMesh = async (picture: Pixels) =>
      (await find(picture)).map((face) => ({ ...face, points: face.mesh ?? [] }));
    await expectAlike(meshes, film, findMesh, { overlap: 0.8, far: 0.02 });
    // Without meshes nothing says where faces are next.
    const boxes = await watched(faces, film.slice(0, 2), {});
    expect(boxes.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  it('hands, by their joints', async (context) => {
    if (!(await has('palm-detection-full', 'hand-landmark-full'))) return context.skip('the networks cannot be had');
    using hands = await createHandDetector(undefined, onGpuHere);
    const { x, y, width, height } = AT_A_TABLE;
    const file = join(installedPackage('@vladmandic/human')?.folder ?? '', 'assets/samples.jpg');
    const film = await filmOf({ file, part: { left: x, top: y, width, height }, step: 2, degrees: 0 }, FRAMES);
    // It is but twenty pixels wide.
    const limits = { threshold: 0.4 };
    const frames = await watched(hands, film, limits);
    expect(frames.map(({ runs }) => runs)).toEqual(FOLLOWED);
    await expectAlike(frames, film, (picture) => hands.detect(picture, limits), { overlap: 0.5, far: 0.15 });
    for (const [i, { things }] of frames.entries()) {
      const wrist = things[0]?.points.find(({ name }) => name === 'wrist');
      expect(Math.hypot((wrist?.x ?? NaN) - 181 + 2 * i, (wrist?.y ?? NaN) - 111), `frame ${i}`).toBeLessThan(12);
    }
  });

  it('people, by their landmarks', async (context) => {
    if (!(await has('blazepose', 'pose-landmark-lite'))) return context.skip('the networks cannot be had');
    using poses = await createPoseEstimator('blazepose', onGpuHere);
    const file = sharedPath('images/street.jpg');
    const part = { left: 10, top: 50, width: 160, height: 260 };
    const film = await filmOf({ file, part, step: 4, degrees: 2 }, FRAMES);
    const frames = await watched(poses, film, {});
    expect(frames.map(({ runs }) => runs)).toEqual(FOLLOWED);
    await expectAlike(frames, film, (picture) => poses.estimate(picture), { overlap: 0.8, far: 0.03 });
  });
});
