/** Shapes of inputs from raw files, and the names outputs are written under. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/cli/npy.ts';
import { readBytes, readFeeds, resolveShape } from '../../src/cli/tensor-files.ts';
import type { DType } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Dim, GraphInput } from '../../src/ir/graph.ts';
import { range } from '../../src/util/arrays.ts';
import { guessPreprocessing } from '../../src/vision/guess.ts';

function input(shape: readonly Dim[], dtype: DType = 'float32', name = 'x'): GraphInput {
  return { name, dtype, shape };
}

describe('resolveShape', () => {
  it('takes the declared shape when it is static and the bytes fit', () => {
    expect(resolveShape(input([1, 3]), 12, undefined, new Map())).toEqual([1, 3]);
    expect(resolveShape(input([2], 'int64'), 16, undefined, new Map())).toEqual([2]);
    expect(resolveShape(input([], 'uint8'), 1, undefined, new Map())).toEqual([]);
  });

  it('derives one unknown extent from the byte count and binds its symbol', () => {
    const bindings = new Map<string, number>();
    expect(resolveShape(input(['n', 3]), 24, undefined, bindings)).toEqual([2, 3]);
    expect(resolveShape(input(['n', 5], 'uint8'), 10, undefined, bindings)).toEqual([2, 5]);
    expect(() => resolveShape(input(['n', 5], 'uint8'), 15, undefined, bindings)).toThrow(
      'takes 10 bytes, the file has 15',
    );
  });

  it('takes a written shape in place of a suggested one', () => {
    const suggesting: GraphInput = { ...input([1, 3]), suggested: true };
    expect(resolveShape(suggesting, 12, undefined, new Map())).toEqual([1, 3]);
    expect(resolveShape(suggesting, 24, [2, 3], new Map())).toEqual([2, 3]);
    expect(() => resolveShape(suggesting, 24, undefined, new Map())).toThrow(
      /takes 12 bytes, the file has 24.*only suggests its shape.*FILE:1x3/,
    );
    expect(() => resolveShape(suggesting, 24, [6], new Map())).toThrow('is float32 1x3; 6 does not fit');
  });

  it('refuses what does not fit', () => {
    expect(() => resolveShape(input([1, 3]), 11, undefined, new Map())).toThrow('takes 12 bytes, the file has 11');
    expect(() => resolveShape(input(['n', 3]), 13, undefined, new Map())).toThrow(/has 13 bytes.*FILE:1x3/);
    expect(() => resolveShape(input(['n', 'c']), 12, undefined, new Map())).toThrow(/FILE:1x1/);
    expect(() => resolveShape(input(['s', 's']), 16, undefined, new Map())).toThrow(/FILE:1x1/);
    expect(() => resolveShape(input(['n', 3]), 24, [2, 4], new Map())).toThrow('is float32 nx3; 2x4 does not fit');
    expect(() => resolveShape(input([1, 3]), 12, [3], new Map())).toThrow('1x3; 3 does not fit');
    expect(() => resolveShape(input(['n', 3]), 24, [3, 3], new Map())).toThrow('takes 36 bytes, the file has 24');
    expect(() => resolveShape(input(['n']), 24, [2 ** 40], new Map())).toThrow('limit');
  });
});

describe('readFeeds', () => {
  let dir = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tilewise-feeds-'));
    writeFileSync(join(dir, 'six'), new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
    writeFileSync(join(dir, 'two'), new Uint8Array(BigInt64Array.of(7n, -8n).buffer));
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('reads tensors in their own dtypes; a written shape binds symbols of the others', async () => {
    const inputs = [input(['n', 'm'], 'int64', 'b'), input(['n', 'm'], 'float32', 'a')];
    const other = { name: 'b', file: join(dir, 'two'), shape: undefined };
    const six = { name: 'a', file: join(dir, 'six'), shape: [2, 3] };
    await expect(readFeeds([other, six], inputs, guessPreprocessing)).rejects.toThrow(
      /two: input "b" of int64 2x3 takes 48 bytes, the file has 16$/,
    );
    const feeds = await readFeeds([{ ...other, name: 'c' }], [input(['k'], 'int64', 'c')], guessPreprocessing);
    expect([...(feeds.get('c')?.data ?? [])]).toEqual([7, -8]);
  });

  it('takes shape and numbers of a .npy file, in whatever type they are', async () => {
    const file = join(dir, 'a.npy');
    const spec = { name: 'x', file, shape: undefined };
    const feed = async (port: GraphInput): Promise<Tensor | undefined> =>
      (await readFeeds([spec], [port], guessPreprocessing)).get('x');
    writeFileSync(file, writeNpy({ dtype: 'int64', shape: [2, 2], data: Int32Array.of(1, -2, 3, 4) }));
    const data = Float32Array.of(1, -2, 3, 4);
    expect(await feed(input(['n', 2]))).toEqual({ dtype: 'float32', shape: [2, 2], data });
    await expect(feed(input([4]))).rejects.toThrow(/a\.npy: input "x" is float32 4; 2x2 does not fit/);
    await expect(feed(input(['n', 'n'], 'uint8'))).rejects.toThrow(/a\.npy: .*element 1 is -2/);
    const named = readFeeds([{ ...spec, shape: [4] }], [input(['n', 2])], guessPreprocessing);
    await expect(named).rejects.toThrow(/does not fit/);
  });

  it('prepares a picture as the input wants it', async () => {
    const file = join(dir, 'red.png');
    await sharp({ create: { width: 6, height: 4, channels: 3, background: '#ff8000' } }).toFile(file);
    const spec = { name: 'x', file, shape: undefined };
    const feed = async (port: GraphInput): Promise<Tensor | undefined> =>
      (await readFeeds([spec], [port], guessPreprocessing)).get('x');
    const bytes = await feed(input(['n', 2, 2, 3], 'uint8'));
    expect(bytes).toEqual({
      dtype: 'uint8',
      shape: [1, 2, 2, 3],
      data: Uint8Array.from(range(12), (i) => [255, 128, 0][i % 3] ?? 0),
    });
    expect(await feed(input([1, 3, 2, 2]))).toMatchObject({ dtype: 'float32', shape: [1, 3, 2, 2] });
    await expect(feed(input([1, 10]))).rejects.toThrow(/red\.png: input "x" is 1x10: neither axis/);
    await expect(feed(input([2, 2, 2, 3]))).rejects.toThrow(/red\.png: .*1x2x2x3 does not fit/);
  });

  it('wants each input exactly once', async () => {
    const spec = { name: 'x', file: join(dir, 'six'), shape: undefined };
    const none = readFeeds([], [input([6])], guessPreprocessing);
    await expect(none).rejects.toThrow(/no data for input "x" \(float32 6\).*--input/);
    await expect(readFeeds([spec, spec], [input([6])], guessPreprocessing)).rejects.toThrow('given twice');
  });

  it('names a file that cannot be read', () => {
    expect(() => readBytes(join(dir, 'none'))).toThrow(/file .*none: there is no such file/);
    expect(() => readBytes(dir)).toThrow('this is a folder');
  });
});
