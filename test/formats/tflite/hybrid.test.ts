/** Hybrid weights: floats are computed with, weights are kept in 8 bits. LiteRT.js brings the floats to 8 bits as well. */
import { afterAll, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { WrittenQuantisation } from '../../../src/formats/tflite/write/file.ts';
import { product, range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { Litert } from '../../helpers/litert-oracle.ts';
import { feedsOf, importOne, modelOf, runTflite, type OneOperator, type Operand } from '../../helpers/tflite-models.ts';

const bytes = (count: number): number[] => range(count).map((i) => ((i * 37) % 255) - 127);
const perChannel = (count: number, axis: number): WrittenQuantisation => ({
  scales: range(count).map((i) => (i + 1) / 128),
  zeroPoints: range(count).map(() => 0),
  axis,
});

const matrix = (type: 'int8' | 'uint8', data: readonly number[], quantisation: WrittenQuantisation): OneOperator => ({
  op: 'FULLY_CONNECTED',
  options: ['FullyConnected', {}],
  inputs: [{ shape: [2, 16] }, { shape: [4, 16], type, data, quantisation }, { shape: [4], data: [1, 2, 3, 4] }],
  outputs: [{ shape: [2, 4] }],
});

/** By what they show; `shipped` where LiteRT.js has the operator too. */
const CASES: Readonly<Record<string, OneOperator & { readonly shipped: boolean }>> = {
  'a convolution': {
    shipped: true,
    op: 'CONV_2D',
    options: ['Conv2D', { strideH: 1, strideW: 1 }],
    inputs: [
      { shape: [1, 6, 6, 8] },
      { shape: [3, 3, 3, 8], type: 'int8', data: bytes(216), quantisation: perChannel(3, 0) },
      { shape: [3], data: [1, 2, 3] },
    ],
    outputs: [{ shape: [1, 6, 6, 3] }],
  },
  'a depthwise convolution': {
    shipped: true,
    op: 'DEPTHWISE_CONV_2D',
    options: ['DepthwiseConv2D', { strideH: 1, strideW: 1, multiplier: 2 }],
    inputs: [
      { shape: [1, 4, 4, 2] },
      { shape: [1, 3, 3, 4], type: 'int8', data: bytes(36), quantisation: perChannel(4, 3) },
      { shape: [4], data: [1, 2, 3, 4] },
    ],
    outputs: [{ shape: [1, 4, 4, 4] }],
  },
  'a product': { shipped: true, ...matrix('int8', bytes(64), { scales: [1 / 32], zeroPoints: [0] }) },
  'a product, a scale a row': { shipped: true, ...matrix('int8', bytes(64), perChannel(4, 0)) },
  'a product with weights of uint8': {
    shipped: false,
    ...matrix(
      'uint8',
      bytes(64).map((b) => b + 127),
      { scales: [1 / 32], zeroPoints: [121] },
    ),
  },
  'rows of a table': {
    shipped: false,
    op: 'GATHER',
    options: ['Gather', {}],
    inputs: [
      { shape: [5, 3], type: 'int8', data: bytes(15), quantisation: perChannel(5, 0) },
      { shape: [2], type: 'int32', values: [4, 1] },
    ],
    outputs: [{ shape: [2, 3] }],
  },
};

/** The operand with the floats that its integers stand for. */
function dequantised(operand: Operand | undefined): Operand | undefined {
  if (!operand?.quantisation || !operand.data) return operand;
  const { shape, data, quantisation } = operand;
  const { scales, zeroPoints, axis = 0 } = quantisation;
  const inner = product(shape.slice(axis + 1));
  const channelOf = (i: number): number => (scales.length === 1 ? 0 : Math.floor(i / inner) % scales.length);
  return { shape, data: data.map((q, i) => (q - (zeroPoints[channelOf(i)] ?? 0)) * (scales[channelOf(i)] ?? 0)) };
}

async function run(one: OneOperator): Promise<Tensor> {
  const [output, ...others] = runTflite(await importOne(one), feedsOf(one));
  if (!output || others.length > 0) throw new TypeError(`${others.length + 1} outputs`);
  return output;
}

describe('hybrid weights', () => {
  it.each(Object.entries(CASES))('compute as the floats they stand for: %s', async (_, one) => {
    const plain = { ...one, inputs: one.inputs.map(dequantised) };
    // The same sums of the same floats: no product of a scale needs more than 24 bits.
    expectClose(await run(one), await run(plain), { rtol: 1e-6, atol: 1e-6 });
  });

  it.each(Object.entries(CASES))('keep their bytes in the graph: %s', async (_, one) => {
    const { graph } = await importOne(one);
    const stored = one.inputs.findIndex((operand) => operand?.quantisation);
    expect(graph.initializers.get(`x${stored}`)?.dtype).toBe(one.inputs[stored]?.type);
    expect(graph.nodes.filter(({ op }) => op === 'DequantizeLinear')).toHaveLength(1);
  });
});

describe('beside LiteRT.js', () => {
  const litert = new Litert();
  afterAll(() => litert[Symbol.dispose]());

  it.each(Object.entries(CASES).filter(([, { shipped }]) => shipped))('%s', async (_, one) => {
    const actual = await run(one);
    const [theirs] = await litert.run(encodeTflite(modelOf(one)), feedsOf(one));
    const expected = tensorOf('float32', actual.shape, theirs?.data ?? []);
    const spread = Math.max(...expected.data) - Math.min(...expected.data);
    // It has 8 bits of the activations, each of which may be half a step off.
    expectClose(actual, expected, { rtol: 0, atol: 0.01 * spread });
  });
});
