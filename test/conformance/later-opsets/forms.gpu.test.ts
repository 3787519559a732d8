/**
 * Forms of operators that came with opset 18 to 24: models of one node, on the CPU and on the GPU beside onnxruntime-web.
 *
 * onnxruntime-web 1.30 (WASM) takes models of the default domain up to opset 26 and of IR version up to 13. What it lacks
 * there are kernels of single operators and types: a case of such a form brings what comes out, computed by the test, and
 * bfloat16 is computed as float32 and rounded then, which is what the engine does.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatTolerance, type Tolerance } from '../../../src/core/compare.ts';
import { isFloat } from '../../../src/core/dtype.ts';
import { fromRaw, toRaw } from '../../../src/core/raw.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { Session } from '../../../src/session/session.ts';
import { at } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { encodeModel, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { LATER_FORMS } from './forms.ts';
import type { LaterCase } from './later.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

describe.each(Array.from(LATER_FORMS))('%s', (_, forms) => {
  it.each(forms.map((form) => ({ form, title: `${form.name} (opset ${form.opset})` })))('$title', ({ form }) =>
    check(form),
  );
});

async function check(c: LaterCase): Promise<void> {
  const bytes = modelOf(c);
  const feeds = new Map(Object.entries(c.inputs).map(([name, t]) => [name, rounded(t)]));
  const expected = c.plain ? named(c, c.plain.outputs) : await asked(c);
  const inputShapes = Object.fromEntries(Array.from(feeds, ([name, { shape }]) => [name, shape]));
  for (const backend of ['cpu', 'webgpu'] as const) {
    using session = await Session.create(bytes, {
      backend,
      inputShapes,
      ...(backend === 'webgpu' ? { gpu: device } : {}),
    });
    const got = await session.run(Object.fromEntries(feeds));
    expect(Object.keys(got), backend).toEqual([...expected.keys()]);
    for (const [name, want] of expected) {
      const actual = got[name];
      if (!actual) throw new Error(`${backend} gave no output ${name}`);
      expect(actual.dtype, `${backend}, ${name}`).toBe(want.dtype);
      expectClose(actual, want, toleranceOf(want, c.terms), `${backend}, ${name}`);
    }
  }
}

/** Two orders of rounding may end on neighbouring numbers of 16 bits. */
function toleranceOf({ dtype }: Tensor, terms: number | undefined): Tolerance {
  if (dtype === 'float16') return { rtol: 2 ** -9, atol: 2 ** -12 };
  if (dtype === 'bfloat16') return { rtol: 2 ** -6, atol: floatTolerance(terms).atol };
  return isFloat(dtype) ? floatTolerance(terms) : { rtol: 0, atol: 0 };
}

/** What onnxruntime gives; of a case of bfloat16, what it gives as float32, rounded. */
async function asked(c: LaterCase): Promise<Map<string, Tensor>> {
  const opset = c.asked ?? c.opset;
  const tensors = [...Object.values(c.inputs), ...Object.values(c.constants ?? {})];
  const brains = tensors.some((t) => 'dtype' in t && t.dtype === 'bfloat16');
  const form = brains
    ? { ...c, opset, inputs: widened(c.inputs), constants: widened(c.constants ?? {}) }
    : { ...c, opset };
  const results = await ortRun(
    modelOf(form),
    new Map(Object.entries(form.inputs).map(([name, t]) => [name, rounded(t)])),
  );
  return brains ? new Map(Array.from(results, ([name, t]) => [name, narrowed(t)])) : results;
}

/** bfloat16 as the float32 that it is. */
function widened<T extends Tensor | OnnxTensor>(tensors: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, t]): [string, T] => [
      name,
      'dtype' in t && t.dtype === 'bfloat16' ? { ...t, dtype: 'float32', data: rounded(t).data } : t,
    ]),
  );
}

function narrowed(t: Tensor): Tensor {
  return t.dtype === 'float32' ? rounded({ ...t, dtype: 'bfloat16' }) : t;
}

function modelOf(c: LaterCase): Uint8Array {
  const { node, behind = [], opset, inputs, constants = {} } = c;
  return encodeModel({
    opset,
    irVersion: opset > 22 ? 12 : 10,
    inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: outputsOf(c),
    nodes: [node, ...behind],
    initializers: Object.entries(constants),
  });
}

function named(c: LaterCase, outputs: readonly Tensor[]): Map<string, Tensor> {
  return new Map(outputsOf(c).map((name, i) => [name, at(outputs, i)]));
}

function outputsOf({ node, behind = [] }: LaterCase): string[] {
  return (behind.at(-1) ?? node).outputs.filter((name) => name !== '');
}

/** Floats of 16 bits as the engine's border rounds them. */
function rounded(t: Tensor): Tensor {
  return t.dtype === 'float16' || t.dtype === 'bfloat16' ? fromRaw(t.dtype, t.shape, toRaw(t)) : t;
}
