/** What integers make of exponents of every type, beside onnxruntime on both backends: nothing is lost on a way by floats. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { encodeModel, type OnnxModel } from '../../helpers/onnx-bytes.ts';
import { node } from '../../helpers/onnx-models.ts';

const agree = openBoth();

function powers(x: Tensor, e: Tensor): OnnxModel {
  const inputs = Object.entries({ x, e }).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return { opset: 15, inputs, outputs: ['y'], nodes: [node('Pow', 'x e', 'y')] };
}

describe.each<DType>(['int32', 'int64'])('Pow of %s', (from) => {
  const x = tensorOf(from, [9], [5, -5, 3, -3, 7, 2, 1, -1, 0]);

  it.each<DType>(['int32', 'int64', 'float32'])('by %s', async (to) => {
    const e = tensorOf(to, [9], [3, 5, 16, 15, 9, 30, -3, -3, 2]);
    await agree(powers(x, e), { x, e });
  });

  it('by what is no whole number', async () => {
    const e = tensorOf('float32', [3], [0.5, 1.5, 2]);
    const base = tensorOf(from, [3], [16, 5, 9]);
    await agree(powers(base, e), { x: base, e });
  });
});

it('BitwiseNot of uint64 is refused: no result of numbers of 32 bits has 32 bits', async () => {
  const inputs = [{ name: 'x', dtype: 'uint64', shape: [2] }] as const;
  const graph = encodeModel({ opset: 18, inputs, outputs: ['y'], nodes: [node('BitwiseNot', 'x', 'y')] });
  await expect(Session.create(graph, { backend: 'cpu' })).rejects.toThrow(/BitwiseNot .*uint64.* 32 bits hold/s);
});
