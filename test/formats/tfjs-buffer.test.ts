/** Node hands out Buffers, whose slice() is a view of a shared pool: weights read through them must be the same. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';

const folder = new URL('../../node_modules/@vladmandic/human/models/', import.meta.url);

/** The packaged model whose weights are stored as float16, its files as `wrap` gives them. */
async function load(wrap: (file: Buffer) => Uint8Array): Promise<Graph> {
  const read = (name: string): Uint8Array => wrap(readFileSync(new URL(name, folder)));
  const main = { name: 'centernet.json', bytes: read('centernet.json') };
  return (await importModel({ main, read: (name) => Promise.resolve(read(name)) })).graph;
}

it('weights in a Buffer, even at an offset into a larger one, are those in a Uint8Array', async () => {
  const plain = await load((file) => new Uint8Array(file));
  const offset = await load((file) => Buffer.concat([Buffer.alloc(6, 0x55), file]).subarray(6));
  for (const [name, expected] of plain.initializers) {
    const actual = offset.initializers.get(name);
    expect(actual?.shape).toEqual(expected.shape);
    const same =
      actual?.data.length === expected.data.length && actual.data.every((v, i) => Object.is(v, expected.data[i]));
    expect(same, name).toBe(true);
  }
});
