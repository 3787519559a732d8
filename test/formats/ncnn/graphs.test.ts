/** ncnn's own benchmark networks, which have no weights: each is read, and its blobs have the extents that its file hints at. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { graphOf, sketchNcnn } from '../../../src/formats/ncnn/import.ts';
import type { NcnnLayer } from '../../../src/formats/ncnn/net.ts';
import { parseParamBin } from '../../../src/formats/ncnn/param-bin.ts';
import { parseParam } from '../../../src/formats/ncnn/param.ts';
import { NoWeights } from '../../../src/formats/ncnn/weights.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';
import { Session } from '../../../src/node/session.ts';
import { FULL } from '../../helpers/full.ts';
import { ncnnParamBin } from '../../helpers/ncnn-param-bin.ts';
import { hasSharedData, sharedPath } from '../../helpers/shared-data.ts';

const FOLDER = 'ncnn_graphs';
const files = hasSharedData ? readdirSync(sharedPath(FOLDER)).filter((name) => name.endsWith('.param')) : [];
const bytesOf = (name: string): Uint8Array => readFileSync(sharedPath(`${FOLDER}/${name}`));

/** The extents of a network whose file has none. */
const UNSAID: Readonly<Record<string, number>> = { 'FastestDet.param': 352, 'vision_transformer.param': 384 };

/** Their files say nothing of extents. */
const WITHOUT_HINTS: ReadonlySet<string> = new Set([...Object.keys(UNSAID), 'blazeface.param']);

const operators = (graph: Graph | undefined) => graph?.nodes.map(({ op, attributes }) => [op, attributes]);
const shapes = (graph: Graph | undefined) => Array.from(graph?.initializers.values() ?? [], ({ shape }) => shape);

/** Elements of constants that are parameters, in order: weights, all zeros here, are larger, or no numbers of a layer. */
function smallConstants(graph: Graph | undefined): number[][] {
  const constants = [...(graph?.initializers.values() ?? [])].filter(
    ({ shape }) => shape.reduce((a, b) => a * b, 1) < 100,
  );
  return constants.map(({ data }) => [...data]);
}

/** How many boxes are found only a picture says. */
const FINDS = /DetectionOutput$/;

/** Extents that the file hints at, by blob: four numbers for each, dimensions, width, height and channels. */
function hinted({ op, outputs, params }: NcnnLayer): [string, number[]][] {
  const hints = params.get(30);
  if (!Array.isArray(hints) || FINDS.test(op)) return [];
  return outputs.flatMap((name, i): [string, number[]][] => {
    const [dims = 0, ...extents] = hints.slice(4 * i, 4 * i + 4).map(({ float }) => float);
    return dims > 0 ? [[name, [1, ...extents.slice(0, dims).reverse()]]] : [];
  });
}

describe.skipIf(!hasSharedData)('networks without weights', () => {
  it('are all there', () => {
    expect(files).toHaveLength(35);
  });

  it.each(files)('%s', async (name) => {
    const { layers } = parseParam(bytesOf(name));
    const graph = await graphOf(layers, new NoWeights(), name);
    const input = graph.inputs[0]?.name ?? '';
    const size = UNSAID[name];
    const inputShapes = size === undefined ? {} : { [input]: [1, 3, size, size] };
    // Every blob leaves, so that nothing is left out of what is inferred.
    const blobs = layers.filter(({ op }) => op !== 'Input').flatMap(({ outputs }) => outputs);
    const whole = { ...graph, outputs: blobs };
    const { values } = await compileGraph(whole, { level: 'reference', inputShapes });
    const hints = layers.flatMap(hinted);
    expect(hints.length).toBeGreaterThan(WITHOUT_HINTS.has(name) ? -1 : 10);
    for (const [blob, shape] of hints) expect([blob, values.get(blob)?.shape]).toEqual([blob, shape]);
    expect(blobs.every((blob) => values.has(blob))).toBe(true);
  });

  it.each(FULL ? files : files.slice(0, 3))('%s is the same in binary', async (name) => {
    const [, counts = '', ...lines] = new TextDecoder().decode(bytesOf(name)).split(/\r?\n/);
    // One file has a layer more than it declares.
    const layers = lines.slice(0, Number.parseInt(counts, 10)).map((line) => line.trim());
    const binary = parseParamBin(ncnnParamBin(layers)).layers;
    const text = parseParam(bytesOf(name)).layers;
    const [one, other] = await Promise.all([binary, text].map((own) => graphOf(own, new NoWeights(), name)));
    expect(operators(one)).toEqual(operators(other));
    expect(shapes(one)).toEqual(shapes(other));
    expect(smallConstants(one)).toEqual(smallConstants(other));
  });

  it('are sketched as they are', async () => {
    const name = 'mobilenet_ssd_int8.param';
    const sketch = await sketchNcnn({ name, bytes: bytesOf(name) });
    expect(sketch.outputs).toEqual(['output']);
  });

  it('name the weights that are missing, and what to do', async () => {
    const open = Session.create(sharedPath(`${FOLDER}/squeezenet.param`), { backend: 'cpu' });
    await expect(open).rejects.toThrow(/squeezenet\.bin: cannot read the weights of squeezenet\.param.*--weights/);
  });
});
