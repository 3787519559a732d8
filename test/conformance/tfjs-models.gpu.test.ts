/** Published networks on a photograph: the CPU reference and the GPU against TensorFlow.js on the same pixels. */
import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { Session } from '../../src/session/session.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { FULL } from '../helpers/full.ts';
import { expectClose } from '../helpers/close.ts';
import { importerOf, runReference } from '../helpers/tfjs-models.ts';
import { tfjsPredict, type TfjsBackend } from '../helpers/tfjs-oracle.ts';

interface Published {
  readonly packageName: string;
  readonly file: string;
  readonly format: string;
  /** Pixel values 0…255 become v · scale + offset; of one channel they are grey. */
  readonly scale: number;
  readonly offset: number;
  readonly nodes: number;
  /** TensorFlow.js's kernels; by default those that are fast. */
  readonly backend?: TfjsBackend;
}

const NSFW = { packageName: 'nsfwjs', scale: 1 / 255, offset: 0 };
const HUMAN = { packageName: '@vladmandic/human', format: 'tfjs-graph', scale: 1, offset: 0 };

const PUBLISHED: readonly Published[] = [
  { ...NSFW, file: 'dist/models/mobilenet_v2/model.min.js', format: 'tfjs-layers', nodes: 179 },
  { ...NSFW, file: 'dist/models/mobilenet_v2_mid/model.min.js', format: 'tfjs-graph', nodes: 86 },
  { ...NSFW, file: 'dist/models/inception_v3/model.min.js', format: 'tfjs-layers', nodes: 318 },
  { ...HUMAN, file: 'models/blazeface.json', scale: 1 / 127.5, offset: -1, nodes: 176 },
  { ...HUMAN, file: 'models/centernet.json', nodes: 303 },
  { ...HUMAN, file: 'models/movenet-lightning.json', nodes: 186 },
  { ...HUMAN, file: 'models/facemesh.json', scale: 1 / 255, nodes: 148 },
  { ...HUMAN, file: 'models/iris.json', scale: 1 / 255, nodes: 195 },
  { ...HUMAN, file: 'models/handlandmark-lite.json', scale: 1 / 255, nodes: 162 },
  { ...HUMAN, file: 'models/faceres.json', nodes: 167 },
  { ...HUMAN, file: 'models/emotion.json', scale: 1 / 127.5, offset: -1, nodes: 25 },
  { ...HUMAN, file: 'models/antispoof.json', scale: 1 / 255, nodes: 14 },
  { ...HUMAN, file: 'models/liveness.json', scale: 1 / 255, nodes: 21 },
  // As TensorFlow's Object Detection API leaves it: suppression by class, and its rows padded, clipped and counted, in the graph.
  // By WASM every row is of class 1 there, whatever its scores say.
  { ...HUMAN, file: 'models/handtrack.json', nodes: 767, backend: 'cpu' },
];

/** Those that run in the short run, too. */
const BRIEF = /mobilenet_v2\/|blazeface|movenet/;
const published = PUBLISHED.filter(({ file }) => FULL || BRIEF.test(file));

async function photograph(graph: Graph, { scale, offset }: Published): Promise<Map<string, Tensor>> {
  const [input] = graph.inputs;
  if (!input || graph.inputs.length !== 1) throw new Error('expected one input');
  const [height = 0, width = 0, channels] = input.shape.slice(1).map(Number);
  const root = path.dirname(createRequire(import.meta.url).resolve('@tensorflow-models/mobilenet/package.json'));
  const picture = sharp(path.join(root, 'demo', 'coffee.jpg'))
    .removeAlpha()
    .greyscale(channels === 1);
  const pixels = await picture.resize(width, height, { fit: 'fill' }).raw().toBuffer();
  const values = Float32Array.from(pixels, (v) => v * scale + offset);
  return new Map([[input.name, tensorOf(input.dtype, [1, height, width, channels ?? 3], values)]]);
}

function rows({ shape, data }: Tensor): number[][] {
  return Array.from({ length: shape[1] ?? 0 }, (_, i) => Array.from(data.subarray(i * 6, i * 6 + 6)));
}

function scores(list: readonly number[][]): Tensor {
  return tensorOf(
    'float32',
    [list.length],
    list.map((row) => row[4] ?? 0),
  );
}

/**
 * Detections in the order of their scores, `[1, n, 6]` with the score in column 4. Scores that differ by less than
 * float32 noise may trade places, so rows are matched by content, and the scores alone by position. Rows whose score
 * is that of the last one may be missing: they compete for the last place.
 */
function expectSameDetections(actual: Tensor, expected: Tensor): void {
  const [mine, theirs] = [rows(actual), rows(expected)];
  expectClose(scores(mine), scores(theirs), NETWORK, 'scores');
  const floor = (theirs.at(-1)?.[4] ?? 0) * (1 + NETWORK.rtol);
  const missing = theirs.filter((row) => {
    const close = (other: number[]): boolean =>
      row.every((v, i) => Math.abs(v - (other[i] ?? NaN)) <= 0.05 + NETWORK.rtol * Math.abs(v));
    return (row[4] ?? 0) > floor && !mine.some(close);
  });
  expect(missing).toEqual([]);
}

/**
 * Some fifty layers of float32 on either side, in a different order of summation: 1e-3 relative, and absolute 1e-4 of
 * values that are of magnitude one.
 */
const NETWORK = { rtol: 1e-3, atol: 1e-4 };

async function runOnGpu(files: ModelFiles, feeds: ReadonlyMap<string, Tensor>): Promise<Map<string, Tensor>> {
  const session = await Session.create(files, { gpu: async () => (await openGpu()).adapter });
  try {
    return new Map(Object.entries(await session.run(Object.fromEntries(feeds))));
  } finally {
    session.dispose();
  }
}

function expectSame(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>, where: string): void {
  expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, value] of expected) {
    const result = actual.get(name);
    if (!result) throw new Error(`no output ${name}`);
    if (name === 'tower_0/detections') expectSameDetections(result, value);
    // Box coordinates are in pixels, hundreds rather than ones: the absolute part scales with the largest value.
    else
      expectClose(result, value, { ...NETWORK, atol: NETWORK.atol * Math.max(1, largest(value)) }, `${where} ${name}`);
  }
}

describe('published models', () => {
  it.each(published)('$file', async (model) => {
    const files = await npmModelFiles(model.packageName, model.file);
    const importer = importerOf(files);
    expect(importer.format).toBe(model.format);
    const { graph } = await importer.load(files);
    expect(graph.nodes.length).toBe(model.nodes);
    const feeds = await photograph(graph, model);
    const expected = await tfjsPredict(files, feeds, model.backend ?? 'wasm');
    expectSame(runReference(graph, feeds), expected, 'CPU');
    expectSame(await runOnGpu(files, feeds), expected, 'GPU');
  });
});

function largest({ data }: Tensor): number {
  let most = 0;
  for (const v of data) most = Math.max(most, Math.abs(v));
  return most;
}
