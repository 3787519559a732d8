/** How files keep their constants: in half precision, in eight or four bits, without their zeros, behind the flatbuffer. Hybrid weights have a file of their own. */
import { describe, expect, it } from 'vitest';
import { ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type {
  WrittenQuantisation,
  WrittenSparsity,
  WrittenSubgraph,
  WrittenTensor,
} from '../../../src/formats/tflite/write/file.ts';
import { range } from '../../../src/util/arrays.ts';
import {
  feedsOf,
  importOne,
  importTflite,
  rawBytes,
  runTflite,
  type OneOperator,
  type Operand,
} from '../../helpers/tflite-models.ts';

/** A constant through DEQUANTIZE or DENSIFY, added to x. */
const through = (op: string, constant: WrittenTensor): WrittenSubgraph => ({
  tensors: [
    { name: 'x', type: 'float32', shape: constant.shape },
    { ...constant, name: 'k' },
    { name: 'd', type: 'float32', shape: constant.shape },
    { name: 'y', type: 'float32', shape: constant.shape },
  ],
  operators: [
    { op, inputs: [1], outputs: [2] },
    { op: 'ADD', inputs: [0, 2], outputs: [3] },
  ],
  inputs: [0],
  outputs: [3],
});

async function plusZero(subgraph: WrittenSubgraph): Promise<number[]> {
  const model = await importTflite(encodeTflite({ subgraphs: [subgraph] }));
  const { shape } = subgraph.tensors[0] as WrittenTensor;
  const zeros = tensorOf('float32', shape, range(shape.reduce((a, b) => a * b, 1)).fill(0));
  const [sum] = runTflite(model, [zeros]);
  return Array.from(sum?.data ?? []);
}

describe('DEQUANTIZE', () => {
  const halves = { name: '', type: 'float16', shape: [3], data: rawBytes('float16', [3], [0.5, -2, 1024]) } as const;

  it('of halves is folded', async () => {
    expect(await plusZero(through('DEQUANTIZE', halves))).toEqual([0.5, -2, 1024]);
    const { graph } = await importTflite(encodeTflite({ subgraphs: [through('DEQUANTIZE', halves)] }));
    expect([graph.nodes.map(({ op }) => op), graph.initializers.get('d')?.dtype]).toEqual([['Binary'], 'float32']);
  });

  it('of 8 bits is where they are read', async () => {
    const quantisation = { scales: [0.5], zeroPoints: [-3] };
    const data = rawBytes('int8', [3], [-3, 1, 127]);
    expect(await plusZero(through('DEQUANTIZE', { name: '', type: 'int8', shape: [3], data, quantisation }))).toEqual([
      0, 2, 65,
    ]);
  });

  it('of 4 bits', async () => {
    const quantisation = { scales: [0.5], zeroPoints: [0] };
    const data = Uint8Array.of(0x8f, 0x07); // −1, −8, 7
    expect(await plusZero(through('DEQUANTIZE', { name: '', type: 'int4', shape: [3], data, quantisation }))).toEqual([
      -0.5, -4, 3.5,
    ]);
  });

  it.each(['float16', 'int8'] as const)('of %s that leaves the graph', async (type) => {
    const quantisation = { scales: [2], zeroPoints: [0] };
    const constant = { name: '', type, shape: [2], data: rawBytes(type, [2], [3, -4]), quantisation };
    const model = await importTflite(
      encodeTflite({ subgraphs: [{ ...through('DEQUANTIZE', constant), outputs: [2] }] }),
    );
    const [output] = runTflite(model, [tensorOf('float32', [2], [0, 0])]);
    expect([output?.dtype, ...(output?.data ?? [])]).toEqual(type === 'int8' ? ['float32', 6, -8] : ['float32', 3, -4]);
  });

  it('of a computed half', async () => {
    const one: OneOperator = {
      op: 'DEQUANTIZE',
      inputs: [{ shape: [2], type: 'float16', values: [1.5, -2] }],
      outputs: [{ shape: [2] }],
    };
    expect(runTflite(await importOne(one), feedsOf(one)).map(({ data }) => [...data])).toEqual([[1.5, -2]]);
  });
});

/** A constant of those elements alone that are there. */
const sparse = (shape: readonly number[], values: readonly number[], sparsity: WrittenSparsity): WrittenTensor => ({
  name: '',
  type: 'float32',
  shape,
  data: rawBytes('float32', [values.length], values),
  sparsity,
});

describe('DENSIFY', () => {
  it.each([8, 16, 32] as const)('of rows that list their columns in %s bits', async (width) => {
    const columns = { segments: [0, 2, 2, 3], indices: [1, 3, 0], width };
    const constant = sparse([3, 4], [5, 6, 7], { order: [0, 1], dimensions: [{ size: 3 }, columns] });
    expect(await plusZero(through('DENSIFY', constant))).toEqual([0, 5, 0, 6, 0, 0, 0, 0, 7, 0, 0, 0]);
  });

  it('of columns first', async () => {
    const rows = { segments: [0, 1, 3], indices: [2, 0, 1] };
    const constant = sparse([3, 2], [5, 6, 7], { order: [1, 0], dimensions: [{ size: 2 }, rows] });
    expect(await plusZero(through('DENSIFY', constant))).toEqual([0, 6, 0, 7, 5, 0]);
  });

  it('of blocks', async () => {
    // A row of blocks has the first, the next the second: 2×2 elements each.
    const blocks = { segments: [0, 1, 2], indices: [0, 1] };
    const constant = sparse([4, 4], [1, 2, 3, 4, 5, 6, 7, 8], {
      order: [0, 1, 2, 3],
      blockMap: [0, 1],
      dimensions: [{ size: 2 }, blocks, { size: 2 }, { size: 2 }],
    });
    expect(await plusZero(through('DENSIFY', constant))).toEqual([1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 0, 7, 8]);
  });

  it.each<[string, WrittenSparsity, string]>([
    [
      'an index outside',
      { order: [0, 1], dimensions: [{ size: 2 }, { segments: [0, 1, 1], indices: [4] }] },
      'index 4 of 4',
    ],
    [
      'segments that fall',
      { order: [0, 1], dimensions: [{ size: 2 }, { segments: [0, 2, 1], indices: [1] }] },
      'segments',
    ],
    [
      'too few segments',
      { order: [0, 1], dimensions: [{ size: 2 }, { segments: [0, 1], indices: [1] }] },
      'segments for 2',
    ],
    ['no order', { order: [0, 0], dimensions: [{ size: 2 }, { size: 4 }] }, 'order [0, 0]'],
    ['another size', { order: [0, 1], dimensions: [{ size: 1e9 }, { size: 4 }] }, '1000000000 elements instead of 2'],
    ['too few elements', { order: [0, 1], dimensions: [{ size: 2 }, { size: 4 }] }, 'takes 32 bytes, the file holds 4'],
  ])('refuses %s', async (_, sparsity, message) => {
    const error: unknown = await plusZero(through('DENSIFY', sparse([2, 4], [1], sparsity))).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('"k"');
  });

  it('refuses a tensor that is much larger than what is there', async () => {
    const columns = { segments: [0, 1], indices: [1] };
    const constant = sparse([1, 1e8], [1], { order: [0, 1], dimensions: [{ size: 1 }, columns] });
    await expect(plusZero(through('DENSIFY', constant))).rejects.toThrow('of which the file holds 1');
  });
});

describe('constants behind the flatbuffer', () => {
  const k = { name: '', type: 'float32', shape: [3], data: rawBytes('float32', [3], [1, 2, 3]) } as const;
  const file = encodeTflite({ subgraphs: [through('NEG', k)], outside: true });

  it('are read there', async () => {
    const [sum] = runTflite(await importTflite(file), [tensorOf('float32', [3], [0, 0, 0])]);
    expect([...(sum?.data ?? [])]).toEqual([-1, -2, -3]);
  });

  it('are not looked for beyond the end', async () => {
    await expect(importTflite(file.subarray(0, -1))).rejects.toThrow(/buffer 1 lies at \d+…\d+ of \d+ bytes/);
  });
});

/** A RELU of integers with these parameters. */
const quantised = (quantisation: WrittenQuantisation): WrittenSubgraph => ({
  tensors: [
    { name: 'x', type: 'int8', shape: [2, 3], quantisation },
    { name: 'y', type: 'int8', shape: [2, 3], quantisation: { scales: [1], zeroPoints: [0] } },
  ],
  operators: [{ op: 'RELU', inputs: [0], outputs: [1] }],
  inputs: [0],
  outputs: [1],
});

/** Imports a file of one subgraph. */
const importOf = (subgraph: WrittenSubgraph) => importTflite(encodeTflite({ subgraphs: [subgraph] }));

describe('quantisation', () => {
  it.each<[string, WrittenQuantisation, string]>([
    ['a scale of 0', { scales: [0], zeroPoints: [0] }, 'quantisation scale of 0'],
    ['a negative scale', { scales: [-1], zeroPoints: [0] }, 'quantisation scale of -1'],
    ['no number', { scales: [NaN], zeroPoints: [0] }, 'quantisation scale of NaN'],
    ['infinity', { scales: [Infinity], zeroPoints: [0] }, 'quantisation scale of Infinity'],
    ['a zero point outside', { scales: [1], zeroPoints: [128] }, 'zero point of 128, which is no int8'],
    ['an axis outside', { scales: [1, 1], zeroPoints: [0, 0], axis: 2 }, 'axis 2 of 2'],
    ['a negative axis', { scales: [1, 1], zeroPoints: [0, 0], axis: -1 }, 'axis -1 of 2'],
    ['too few scales', { scales: [1, 1], zeroPoints: [0, 0], axis: 1 }, '2 scales along axis 1, whose extent is 3'],
    ['too many zero points', { scales: [1, 1], zeroPoints: [0, 0, 0], axis: 0 }, '3 zero points for 2 scales'],
  ])('with %s is refused', async (_, quantisation, message) => {
    const error: unknown = await importOf(quantised(quantisation)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain('"x"');
    expect(String(error)).toContain('model.tflite');
    expect(String(error)).toContain(message);
  });

  it.each<[number[], string | undefined]>([
    [[0, 0, 0, 4, 5, 6], undefined],
    [[0, 1, 0, 4, 5, 6], 'quantisation scale of 0'],
  ])('a channel without a scale has no weights but zeros: %j', async (data, message) => {
    const weights: Operand = {
      shape: [2, 3],
      type: 'int8',
      data,
      quantisation: { scales: [0, 0.5], zeroPoints: [0, 0] },
    };
    const one = { op: 'NEG', inputs: [weights], outputs: [{ shape: [2, 3] }] };
    const read = importOne(one);
    if (message) await expect(read).rejects.toThrow(message);
    else expect(runTflite(await read, []).map((t) => [...t.data])).toEqual([[-0, -0, -0, -2, -2.5, -3]]);
  });

  it('without a row for the operator is refused by name', async () => {
    const subgraph = quantised({ scales: [1], zeroPoints: [0] });
    const operators = [{ op: 'LOCAL_RESPONSE_NORMALIZATION', inputs: [0], outputs: [1] }];
    const error: unknown = await importOf({ ...subgraph, operators }).catch((e: unknown) => e);
    const op = 'quantised LOCAL_RESPONSE_NORMALIZATION';
    expect((error as UnsupportedError).items).toEqual([{ op, node: 'y', what: 'operator' }]);
  });
});
