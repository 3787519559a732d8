/** Regrouping pixels between convolutions is one copy on the GPU: a channels-first file takes no transposition more. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { encodeModel, type OnnxNode } from '../helpers/onnx-bytes.ts';
import { PLAN_PROFILES } from '../helpers/plan-texts.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const image = { name: 'x', dtype: 'float32', shape: [2, 8, 6, 10] } as const;

const conv = (x: string, y: string, w: string): OnnxNode => ({ op: 'Conv', inputs: [x, w], outputs: [y] });

const kernel = (shape: Shape): Tensor => randomTensor('float32', shape, randomSource(1), -1, 1);

type Given = readonly (readonly [name: string, tensor: Tensor])[];

/** What runs on the GPU, in order, of a convolution of 8 to `out` channels, a → b, and a convolution of `into` to 8. */
async function steps(middle: readonly OnnxNode[], out: number, into: number, given: Given = []): Promise<string[]> {
  const nodes = [conv('x', 'a', 'first'), ...middle, conv('b', 'y', 'second')];
  const bytes = encodeModel({
    opset: 17,
    nodes,
    inputs: [image],
    outputs: ['y'],
    initializers: [['first', kernel([out, 8, 1, 1])], ['second', kernel([8, into, 1, 1])], ...given],
  });
  const graph = compile(await importOnnx(bytes), { level: 'full' });
  const plans = Object.values(PLAN_PROFILES).map((device) => planGraph(graph, device).steps.map(({ op }) => op));
  for (const plan of plans) expect(plan).toEqual(plans[0]);
  return plans[0] ?? [];
}

/** The outermost two turn the image of a channels-first file around. */
const ONE_COPY = ['Transpose', 'Conv', 'Transpose', 'Conv', 'Transpose'];

/** Parts of both sides of each channel, sides outermost among the new channels. */
const REGROUPED: readonly OnnxNode[] = [
  { op: 'Reshape', inputs: ['a', 'parts'], outputs: ['p'] },
  { op: 'Transpose', inputs: ['p'], outputs: ['q'], attributes: { perm: { ints: [0, 3, 5, 1, 2, 4] } } },
  { op: 'Reshape', inputs: ['q', 'grouped'], outputs: ['b'] },
];

const shapes = (parts: Shape, grouped: Shape): Given => [
  ['parts', tensorOf('int64', [parts.length], parts)],
  ['grouped', tensorOf('int64', [grouped.length], grouped)],
];

describe('regrouping pixels is one copy', () => {
  it.each<[string, Pick<OnnxNode, 'op' | 'attributes'>, number, number]>([
    ['depth to space', { op: 'DepthToSpace', attributes: { blocksize: { i: 2 } } }, 16, 4],
    [
      'depth to space, channels outermost',
      { op: 'DepthToSpace', attributes: { blocksize: { i: 2 }, mode: { s: 'CRD' } } },
      16,
      4,
    ],
    ['depth to space, odd channels', { op: 'DepthToSpace', attributes: { blocksize: { i: 3 } } }, 27, 3],
    ['space to depth', { op: 'SpaceToDepth', attributes: { blocksize: { i: 2 } } }, 4, 16],
  ])('%s', async (_, node, out, into) => {
    expect(await steps([{ ...node, inputs: ['a'], outputs: ['b'] }], out, into)).toEqual(ONE_COPY);
  });
});

/**
 * Darknet's reorg_cpu as YOLO v2 calls it: the image's elements are taken for those of one of twice the extents and a quarter of the
 * channels, in the order of a channels-first image, so that between channels-last ones three copies are the least.
 */
it("Darknet's reorg copies its elements, and turns the image before and after", async () => {
  const given = shapes([2, 1, 6, 2, 10, 2], [2, 16, 3, 5]);
  const turned = ['Transpose', 'Transpose', 'Transpose'];
  expect(await steps(REGROUPED, 4, 16, given)).toEqual(['Transpose', 'Conv', ...turned, 'Conv', 'Transpose']);
});
