/** Unique in graphs: what reads an extent that it finds, on the CPU, on the GPU and by onnxruntime. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { Session } from '../../../src/session/session.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const x = tensorOf(
  'float32',
  [1000],
  Array.from({ length: 1000 }, (_, i) => (i * 7919) % 53),
);

let gpu: GPUDevice;
beforeAll(async () => {
  gpu = await requestDevice((await openGpu()).adapter);
});
afterAll(() => gpu.destroy());

async function runs(nodes: readonly OnnxNode[], outputs: readonly string[]): Promise<Record<string, Tensor>[]> {
  const bytes = bytesOf(nodes, outputs);
  const results: Record<string, Tensor>[] = [];
  for (const backend of ['cpu', 'webgpu'] as const) {
    using session = await Session.create(bytes, { backend, ...(backend === 'webgpu' ? { gpu } : {}) });
    results.push(await session.run({ x }));
  }
  return results;
}

function bytesOf(nodes: readonly OnnxNode[], outputs: readonly string[]): Uint8Array {
  return encodeModel({ opset: 18, inputs: [{ name: 'x', dtype: 'float32', shape: x.shape }], outputs, nodes });
}

const first = { sorted: { i: 0 } };

describe('Unique and what comes behind it', () => {
  it.each<[string, OnnxNode[], string[]]>([
    ['what is unique alone', [node('Unique', 'x', 'y')], ['y']],
    ['back to all by the inverse', [node('Unique', 'x', 'y i inv c', first), node('Gather', 'y inv', 'z')], ['z', 'c']],
    ['arithmetic', [node('Unique', 'x', 'y'), node('Mul', 'y y', 'z'), node('ReduceSum', 'z', 's')], ['z', 's']],
    ['its extent', [node('Unique', 'x', 'y'), node('Shape', 'y', 's'), node('Size', 'y', 'n')], ['s', 'n']],
    ['the elements at indices', [node('Unique', 'x', 'y i'), node('Gather', 'x i', 'z')], ['z']],
  ])('%s', async (_what, nodes, outputs) => {
    const expected = await ortRun(bytesOf(nodes, outputs), new Map([['x', x]]));
    for (const got of await runs(nodes, outputs)) {
      for (const [name, want] of expected) expectClose(got[name] ?? x, want, floatTolerance(64), name);
    }
  });

  // onnxruntime refuses a node without the first.
  it('the other outputs without the first', async () => {
    const [all, allOnGpu] = await runs([node('Unique', 'x', 'y i inv c')], ['inv', 'c']);
    const [alone, aloneOnGpu] = await runs([node('Unique', 'x', '  inv c')], ['inv', 'c']);
    for (const got of [allOnGpu, alone, aloneOnGpu]) expect(got).toEqual(all);
  });

  it('is refused along a dimension that is not there', async () => {
    await expect(runs([node('Unique', 'x', 'y', { axis: { i: 1 } })], ['y'])).rejects.toThrow();
  });

  it('is refused of what depends on data itself', async () => {
    const nested = [node('NonZero', 'x', 'i'), node('Unique', 'i', 'y', { axis: { i: 1 } })];
    await expect(runs(nested, ['y'])).rejects.toThrow(ShapeError);
  });
});
