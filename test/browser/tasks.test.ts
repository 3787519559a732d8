/** Tasks in Chromium that watch a camera which shows photographs: each finds what it finds in Node, and lets go of every frame. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Region } from 'sharp';
import { describe, expect, it, type TestContext } from 'vitest';
import { launchChromium, VIDEO_FLAGS } from '../../bench/lib/chromium.ts';
import { findModel } from '../../src/catalogue/catalogue.ts';
import type { CatalogueEntry } from '../../src/catalogue/entry.ts';
import { ownName, publishedFiles } from '../../src/catalogue/published.ts';
import { AT_A_TABLE } from '../../src/catalogue/samples.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { installedPackage } from '../../src/node/packages.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import { createFaceDetector } from '../../src/tasks/face-detector.ts';
import { createHandDetector } from '../../src/tasks/hand-detector.ts';
import { createMatting } from '../../src/tasks/matting.ts';
import { createPoseEstimator } from '../../src/tasks/pose-estimator.ts';
import { createSegmenter } from '../../src/tasks/segmenter.ts';
import type { TaskOptions } from '../../src/tasks/picture-model.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { boxOverlap, type UprightBox } from '../../src/vision/regions.ts';
import { y4mFilm } from '../helpers/camera-film.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { openPage, servePages } from '../helpers/page-server.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import type { WatchAnswer, WatchRequest } from './page/tasks.ts';

const SIZE = { width: 640, height: 480 } as const;
const FRAMES = 3;

/** Frames of a camera that shows a picture, and trembles by some pixels. */
async function filmOf(file: string, part?: Region): Promise<Pixels[]> {
  const frames: Pixels[] = [];
  for (const left of [0, 4]) {
    const cut = part ? sharp(file).extract(part) : sharp(file);
    const whole = { width: SIZE.width + 4, height: SIZE.height, fit: 'contain', background: '#777' } as const;
    const large = await cut.resize(whole).png().toBuffer();
    const seen = sharp(large).extract({ left, top: 0, ...SIZE });
    const data = await seen.ensureAlpha().raw().toBuffer();
    frames.push({ ...SIZE, data: new Uint8ClampedArray(data) });
  }
  return frames;
}

/** Files of models for the page, as a folder of one's own holds them. */
const files = new Map<string, Uint8Array>();

/** Opens a model in Node, and puts its files there for the page. */
async function modelBase(entry: CatalogueEntry): Promise<ModelFiles> {
  const model = await catalogueModel(entry);
  if (!model) throw new Error(`${entry.name} cannot be had here`);
  const keep = (name: string, bytes: Uint8Array): Uint8Array => {
    files.set(`${entry.name}/${name}`, bytes);
    return bytes;
  };
  keep(ownName(publishedFiles(entry).main, true), model.main.bytes);
  return { main: model.main, read: async (name) => keep(name, await model.read(name)) };
}

const options: TaskOptions = { modelBase, backend: 'cpu' };

/** What the camera's film shows to a task, watched in Chromium. */
async function inChromium(film: readonly Pixels[], requests: readonly WatchRequest[]): Promise<WatchAnswer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-camera-'));
  const path = join(folder, 'film.y4m');
  writeFileSync(path, y4mFilm(film, 5));
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const browser = await launchChromium([...VIDEO_FLAGS, ...camera, `--use-file-for-fake-video-capture=${path}`]);
  const server = await servePages(files);
  try {
    const answers: WatchAnswer[] = [];
    for (const request of requests) {
      const tab = await openPage(browser, server);
      const answer = await tab.evaluate((asked) => globalThis.page.watchWithTask(asked), request);
      expect([answer.size, answer.open]).toEqual([[SIZE.width, SIZE.height], 0]);
      answers.push(answer);
      await tab.close();
    }
    return answers;
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

/** In each frame there are the things that Node finds, and they keep their ids; they are drawn. */
function expectThings(
  { things, drawn }: WatchAnswer | undefined = {} as WatchAnswer,
  found: readonly UprightBox[],
): void {
  expect(things).toHaveLength(FRAMES);
  expect(found.length).toBeGreaterThan(0);
  for (const box of found) {
    const ids = things.map((seen) => seen.find((thing) => boxOverlap(thing, box) > 0.5)?.id);
    expect(ids[0]).toBeGreaterThan(0);
    expect(ids).toEqual(ids.map(() => ids[0]));
  }
  expect(drawn).toBeGreaterThan(100);
}

/** Almost everywhere the same side of one half as in a map of the picture. */
function expectCells(answer: WatchAnswer | undefined, map: ArrayLike<number>): void {
  const cells = answer?.cells ?? [];
  expect(cells).toHaveLength(32 * 24);
  const same = cells.filter((value, i) => {
    const [x, y] = [10 + 20 * (i % 32), 10 + 20 * Math.floor(i / 32)];
    return value > 0.5 === (map[y * SIZE.width + x] ?? NaN) > 0.5;
  });
  expect(same.length / cells.length).toBeGreaterThan(0.95);
}

async function skipWithout(context: TestContext, ...names: string[]): Promise<void> {
  const models = await Promise.all(names.map((name) => catalogueModel(findModel(name))));
  if (models.includes(undefined)) context.skip(`${names.join(', ')} cannot be had`);
}

describe.skipIf(!hasSharedData)('tasks that watch a camera', () => {
  it('find a face and its mesh, a pose, a matte, its classes and a class of the whole', async (context) => {
    await skipWithout(context, 'blazeface-short', 'face-mesh', 'movenet-lightning', 'selfie-segmentation');
    const film = await filmOf(sharedPath('images/grace_hopper.png'));
    const [picture = film[0] as Pixels] = film;
    using faces = await createFaceDetector('blazeface-short', options);
    using poses = await createPoseEstimator('movenet-lightning', options);
    using matting = await createMatting('selfie-segmentation', options);
    using classifier = await createClassifier('nsfw-mobilenet-v2', options);
    const mesh = { mesh: true };
    const [face, pose] = [await faces.detect(picture, mesh), await poses.estimate(picture)];
    using segmenter = await createSegmenter('selfie-segmentation', options);
    const classes = await segmenter.segment(picture);
    if (classes.kind !== 'classes') throw new Error('it tells classes of pixels');
    const [matte, [best]] = [await matting.matte(picture), await classifier.classify(picture)];
    const answers = await inChromium(film, [
      { task: 'faces', model: 'blazeface-short', options: mesh, frames: FRAMES },
      { task: 'poses', model: 'movenet-lightning', frames: FRAMES },
      { task: 'matting', model: 'selfie-segmentation', frames: FRAMES },
      { task: 'segmenter', model: 'selfie-segmentation', frames: FRAMES },
      { task: 'classifier', model: 'nsfw-mobilenet-v2', frames: FRAMES },
    ]);
    expectThings(answers[0], face);
    // Followed by its mesh.
    expect(answers[0]?.runs).toBe(1);
    expectThings(answers[1], pose);
    expectCells(answers[2], matte.data);
    expectCells(answers[3], classes.data);
    expect(answers[4]?.best).toEqual(Array.from({ length: FRAMES }, () => best?.label));
  });

  it('find people of a street', async (context) => {
    await skipWithout(context, 'fastest-det');
    const film = await filmOf(sharedPath('images/street.jpg'));
    using detector = await createDetector('fastest-det', options);
    const sure = { threshold: 0.6 };
    const found = await detector.detect(film[0] as Pixels, sure);
    const [answer] = await inChromium(film, [
      { task: 'detector', model: 'fastest-det', options: { threshold: 0.5 }, frames: FRAMES },
    ]);
    expectThings(answer, found);
    expect(new Set(answer?.things.flat().map(({ label }) => label))).toContain('person');
  });

  it('find a hand and its joints', async (context) => {
    await skipWithout(context, 'palm-detection-full', 'hand-landmark-full');
    const { x, y, width, height } = AT_A_TABLE;
    const file = join(installedPackage('@vladmandic/human')?.folder ?? '', 'assets/samples.jpg');
    const film = await filmOf(file, { left: x, top: y, width, height });
    using hands = await createHandDetector(undefined, options);
    const limits = { threshold: 0.4 };
    const found = await hands.detect(film[0] as Pixels, limits);
    const [answer] = await inChromium(film, [
      { task: 'hands', model: 'palm-detection-full', options: limits, frames: FRAMES },
    ]);
    expectThings(answer, found);
    expect(answer?.runs).toBe(1);
  });
});
