/** Flatbuffers that lie: offsets and vtables that lead nowhere or to themselves, lists without end, tables that are shared. */
import { describe, expect, it } from 'vitest';
import { ImportError, TilewiseError } from '../../../src/core/errors.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { WrittenTensor } from '../../../src/formats/tflite/write/file.ts';
import { range } from '../../../src/util/arrays.ts';
import { cpuSecondsOf } from '../../helpers/cpu-time.ts';
import { importTflite } from '../../helpers/tflite-models.ts';

/** A flatbuffer of 32-bit words behind its identifier; the root table is at the word that the first says. */
function flatbuffer(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + 4 * words.length));
  view.setUint32(0, 8, true);
  new Uint8Array(view.buffer).set(new TextEncoder().encode('TFL3'), 4);
  words.forEach((word, i) => view.setInt32(8 + 4 * i, word, true));
  return new Uint8Array(view.buffer);
}

/** Two uint16 as a word. */
const pair = (low: number, high: number): number => low | (high << 16);

describe('a file is refused, and said to be damaged', () => {
  it.each<[string, Uint8Array, string]>([
    ['no root', Uint8Array.of(8, 0, 0, 0, 84, 70, 76, 51), 'table root lies at 8…12 of 8 bytes'],
    ['a root beyond the end', Uint8Array.of(255, 255, 255, 255, 84, 70, 76, 51), 'table root lies at 4294967295'],
    ['a vtable before the beginning', flatbuffer([1000]), 'the vtable of root lies at -992'],
    ['a vtable beyond the end', flatbuffer([-1000]), 'the vtable of root lies at 1008'],
    ['a vtable that is the table', flatbuffer([0]), 'the vtable of root has impossible sizes'],
    ['a vtable within its table', flatbuffer([-4, pair(8, 16), pair(4, 8), 0]), 'table root and its vtable overlap'],
    ['an odd vtable', flatbuffer([-8, 3, pair(5, 8), 0]), 'the vtable of root has impossible sizes'],
    ['a table beyond the end', flatbuffer([-8, 3, pair(4, 8000)]), 'table root lies at 8…8008'],
    ['a field beyond its table', flatbuffer([-8, 3, pair(6, 8), pair(6, 0)]), 'root has field 0 beyond its end'],
    ['another version', flatbuffer([-8, 9, pair(6, 8), pair(4, 0)]), 'version 9'],
    [
      'a list beyond the end',
      flatbuffer([-12, 3, 16, pair(10, 12), pair(4, 0), pair(8, 0), 1 << 30]),
      'subgraph lies at',
    ],
    ['a list at itself', flatbuffer([-12, 3, 0, pair(10, 12), pair(4, 0), pair(8, 0)]), 'root has subgraph at itself'],
  ])('%s', async (_, bytes, message) => {
    const error: unknown = await importTflite(bytes).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('model.tflite');
  });
});

/** A file of so many subgraphs, all of which are one empty table. */
function repeated(count: number): Uint8Array {
  // The root at 8, its vtable at 20, the list at 32, the table behind it, and its vtable.
  const table = 36 + 4 * count;
  const offsets = range(count).map((i) => table - (36 + 4 * i));
  return flatbuffer([-12, 3, 16, pair(10, 12), pair(4, 0), pair(8, 0), count, offsets, -4, pair(4, 4)].flat());
}

describe('what is shared is not read without end', () => {
  it('a list of a million times one table', async () => {
    const bytes = repeated(1_000_000);
    const before = process.memoryUsage().heapUsed;
    const seconds = await cpuSecondsOf(async () => {
      await expect(importTflite(bytes)).rejects.toBeInstanceOf(TilewiseError);
    });
    expect(seconds).toBeLessThan(10);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * bytes.length);
  });

  it('ten thousand constants of one buffer take it once', async () => {
    const large = { name: 'k', type: 'float32', shape: [1 << 16], data: new Uint8Array(1 << 18) } as const;
    const others = range(10_000).map((i): WrittenTensor => ({
      name: `k${i}`,
      type: 'float32',
      shape: large.shape,
      buffer: 1,
    }));
    const y = { name: 'y', type: 'float32', shape: large.shape } as const;
    const bytes = encodeTflite({
      subgraphs: [
        {
          tensors: [large, ...others, y],
          operators: [{ op: 'ADD_N', inputs: range(10_001), outputs: [10_001] }],
          inputs: [],
          outputs: [10_001],
        },
      ],
    });
    const before = process.memoryUsage().arrayBuffers;
    const { graph } = await importTflite(bytes);
    expect(graph.initializers.size).toBe(10_001);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * bytes.length);
  });

  it('a thousand operators that read a hundred thousand scales', async () => {
    const count = 100_000;
    const scales = range(count).map(() => 0.5);
    const table: WrittenTensor = {
      name: 'k',
      type: 'int8',
      shape: [count],
      data: new Uint8Array(count),
      quantisation: { scales, zeroPoints: [1], axis: 0 },
    };
    const results = range(1000).map((i): WrittenTensor => ({ name: `y${i}`, type: 'float32', shape: [count] }));
    const operators = results.map((_, i) => ({ op: 'NEG', inputs: [0], outputs: [i + 1] }));
    const bytes = encodeTflite({ subgraphs: [{ tensors: [table, ...results], operators, inputs: [], outputs: [1] }] });
    const before = process.memoryUsage().arrayBuffers;
    await importTflite(bytes);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * bytes.length);
  });

  it('a list of axes that is none is refused before it is copied', async () => {
    const axes = { name: 'axes', type: 'int32', shape: [1 << 20], data: new Uint8Array(1 << 22) } as const;
    const tensors: WrittenTensor[] = [
      { name: 'x', type: 'float32', shape: [1] },
      axes,
      { name: 'y', type: 'float32', shape: [] },
    ];
    const operators = [{ op: 'MEAN', inputs: [0, 1], outputs: [2] }];
    const bytes = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [2] }] });
    await expect(importTflite(bytes)).rejects.toThrow('has 1048576 numbers in input 1');
  });

  it('more outputs than tensors by far are refused', async () => {
    const tensors: WrittenTensor[] = [{ name: 'x', type: 'float32', shape: [1] }];
    const bytes = encodeTflite({
      subgraphs: [{ tensors, operators: [], inputs: [0], outputs: range(100_000).fill(0) }],
    });
    await expect(importTflite(bytes)).rejects.toThrow('has 100000 outputs of 1 tensors');
  });

  it('sparse tensors of the same elements', async () => {
    const indices = range(1000);
    const sparse = (i: number): WrittenTensor => ({
      name: `k${i}`,
      type: 'float32',
      shape: [64, 1000],
      ...(i === 0 ? { data: new Uint8Array(4000) } : { buffer: 1 }),
      sparsity: { order: [0, 1], dimensions: [{ size: 64 }, { segments: [0, ...range(64).fill(1000)], indices }] },
    });
    const results = range(400).map((i): WrittenTensor => ({ name: `y${i}`, type: 'float32', shape: [64, 1000] }));
    const tensors = [...results.map((_, i) => sparse(i)), ...results];
    const operators = results.map((_, i) => ({ op: 'DENSIFY', inputs: [i], outputs: [400 + i] }));
    const bytes = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [], outputs: [400] }] });
    const before = process.memoryUsage().arrayBuffers;
    await importTflite(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(ImportError));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * bytes.length);
  });
});

it('a file of thirty thousand operators is read in linear time', async () => {
  const count = 30_000;
  const tensors = range(count + 1).map((): WrittenTensor => ({ name: 'same', type: 'float32', shape: [1] }));
  const operators = range(count).map((i) => ({ op: 'RELU', inputs: [i], outputs: [i + 1] }));
  const bytes = encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0], outputs: [count] }] });
  // Quadratic work would take a minute.
  expect(await cpuSecondsOf(() => importTflite(bytes))).toBeLessThan(20);
});
