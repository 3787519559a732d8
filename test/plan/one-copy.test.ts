/** Regrouping pixels between convolutions is one copy on the GPU: a channels-first file takes no transposition more. */
import { describe, expect, it } from 'vitest';
import type { Shape, Tensor } from '../../src/core/tensor.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { encodeModel, type OnnxNode } from '../helpers/onnx-bytes.ts';
import { PLAN_PROFILES } from '../helpers/plan-texts.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const image = { name: 'x', dtype: 'float32', shape: [2, 8, 6, 10] } as const;

const conv = (x: string, y: string, w: string): OnnxNode => ({ op: 'Conv', inputs: [x, w], outputs: [y] });

const kernel = (shape: Shape): Tensor => randomTensor('float32', shape, randomSource(1), -1, 1);

/** What runs on the GPU, in order, of a convolution of 8 to `out` channels, a node, and a convolution of `into` to 8. */
async function steps(middle: Pick<OnnxNode, 'op' | 'attributes'>, out: number, into: number): Promise<string[]> {
  const nodes = [conv('x', 'a', 'first'), { ...middle, inputs: ['a'], outputs: ['b'] }, conv('b', 'y', 'second')];
  const bytes = encodeModel({
    opset: 17,
    nodes,
    inputs: [image],
    outputs: ['y'],
    initializers: [
      ['first', kernel([out, 8, 1, 1])],
      ['second', kernel([8, into, 1, 1])],
    ],
  });
  const graph = compile(await importOnnx(bytes), { level: 'full' });
  const plans = Object.values(PLAN_PROFILES).map((device) => planGraph(graph, device).steps.map(({ op }) => op));
  for (const plan of plans) expect(plan).toEqual(plans[0]);
  return plans[0] ?? [];
}

/** The outermost two turn the image of a channels-first file around. */
const ONE_COPY = ['Transpose', 'Conv', 'Transpose', 'Conv', 'Transpose'];

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
  ])('%s', async (_, middle, out, into) => expect(await steps(middle, out, into)).toEqual(ONE_COPY));
});
