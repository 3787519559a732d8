/** Forms that ONNX and onnxruntime refuse, though a meaning could be made up for them; and their neighbours, on both backends. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agrees = openBoth();

type Feeds = Readonly<Record<string, Tensor>>;

interface Form {
  readonly opset: number;
  readonly node: OnnxNode;
  readonly feeds: Feeds;
  readonly constants?: Feeds;
}

function modelOf({ opset, node: one, feeds, constants = {} }: Form): OnnxModel {
  return {
    opset: { '': opset, 'com.microsoft': 1 },
    irVersion: 8,
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: one.outputs.map((name) => ({ name, dtype: 'float32' })),
    nodes: [one],
    initializers: Object.entries(constants),
  };
}

const runs = (form: Form): Promise<void> => agrees(modelOf(form), form.feeds);

async function refused(form: Form, type: typeof ImportError | typeof ShapeError, message: RegExp): Promise<void> {
  const bytes = encodeModel(modelOf(form));
  await expect(ortRun(bytes, new Map(Object.entries(form.feeds)))).rejects.toThrow();
  const inputShapes = Object.fromEntries(Object.entries(form.feeds).map(([name, { shape }]) => [name, shape]));
  const promise = Session.create(bytes, { backend: 'cpu', inputShapes });
  await expect(promise).rejects.toThrow(type);
  await expect(promise).rejects.toThrow(message);
}

const ints = (...values: readonly number[]): Tensor => tensorOf('int64', [values.length], values);

const splitOf = (opset: number, extent: number, parts: number, attributes: OnnxNode['attributes'] = {}): Form => {
  const outputs = ['p', 'q', 'r', 's'].slice(0, parts).join(' ');
  return { opset, node: node('Split', 'x', outputs, attributes), feeds: { x: wave([2, extent, 3]) } };
};
const counted = (parts: number, axis = 1): OnnxNode['attributes'] => ({
  num_outputs: { i: parts },
  axis: { i: axis },
});
const axis = { axis: { i: -2 } };
const sized = (form: Form, ...sizes: readonly number[]): Form => ({
  ...form,
  node: { ...form.node, inputs: ['x', 'sizes'] },
  constants: { sizes: ints(...sizes) },
});

describe('Split', () => {
  it.each([2, 11, 13])('of opset %d needs an extent that divides, or sizes', async (opset) => {
    await refused(splitOf(opset, 7, 2, axis), ShapeError, /an extent of 7 into 2 parts \[3.5, 3.5\]/);
    await runs(splitOf(opset, 6, 3, axis));
    await runs(splitOf(opset, 6, 1, axis));
    if (opset >= 13) await runs(sized(splitOf(opset, 7, 2, axis), 3, 4));
  });

  it('of opset 18 makes the last part smaller where it is told how many', async () => {
    for (const [extent, parts] of [
      [7, 2],
      [7, 3],
      [8, 4],
      [5, 1],
      [3, 3],
    ] as const) {
      await runs(splitOf(18, extent, parts, counted(parts)));
    }
    await runs(splitOf(18, 3, 2, counted(2, -1)));
    await refused(splitOf(18, 1, 4, counted(4)), ShapeError, /an extent of 1 into 4 parts/);
  });

  it('of opset 18 takes one of split and num_outputs', async () => {
    await refused(sized(splitOf(18, 7, 2, counted(2)), 3, 4), ImportError, /both given/);
    await refused(splitOf(18, 6, 2, axis), ImportError, /none given/);
    await runs(sized(splitOf(18, 7, 2, axis), 3, 4));
  });
});

const upsampleOf = (...scales: readonly number[]): Form => ({
  opset: 9,
  node: node('Upsample', 'x scales', 'y'),
  feeds: { x: wave([1, 3, 4, 5]) },
  constants: { scales: tensorOf('float32', [4], scales) },
});

describe('Upsample', () => {
  it('makes nothing smaller', async () => {
    await refused(upsampleOf(1, 1, 0.5, 1), ImportError, /scales \[1, 1, 0.5, 1\]; from opset 10 on Resize/);
    const scales = { scales: { floats: [1, 1, 2, 0.25] } };
    await refused(
      { ...upsampleOf(1, 1, 1, 1), opset: 7, node: node('Upsample', 'x', 'y', scales), constants: {} },
      ImportError,
      /0.25/,
    );
    await runs(upsampleOf(1, 1, 1, 2));
    await runs(upsampleOf(1, 1, 1.5, 2.5));
  });
});

const fusedOf = (residual: Shape): Form => ({
  opset: 13,
  node: { ...node('FusedConv', 'x w b z', 'y', { activation: { s: 'Relu' } }), domain: 'com.microsoft' },
  feeds: { x: wave([1, 2, 5, 7]), z: wave(residual) },
  constants: { w: wave([3, 2, 1, 1]), b: wave([3]) },
});

describe('FusedConv', () => {
  it('is not enlarged by its residual', async () => {
    await runs(fusedOf([1, 3, 5, 7]));
    await refused(fusedOf([2, 3, 5, 7]), ShapeError, /cannot reshape/);
    await refused(
      { ...fusedOf([1, 3, 5, 7]), feeds: { x: wave([1, 2, 1, 7]), z: wave([1, 3, 5, 7]) } },
      ShapeError,
      /cannot/,
    );
  });
});
