/**
 * Forms of operators that came with opset 18 to 24, which ONNX's installed tests do not have: models of one node, on the CPU
 * and on the GPU beside onnxruntime-web. A file a family, and at least six cases of each operator; they count apart from the
 * suite of the project itself.
 *
 * onnxruntime-web 1.30 (WASM) takes models of the default domain up to opset 26 and of IR version up to 13. What it lacks
 * there are kernels of single operators and types: a case of such a form brings what comes out, computed by the test.
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
import { encodeModel, type OnnxNode, type OnnxTensor } from '../../helpers/onnx-bytes.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

/** One form of an operator. */
export interface LaterCase {
  readonly name: string;
  /** Of the default domain. */
  readonly opset: number;
  readonly node: OnnxNode;
  /** What a run is fed. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What the file holds. */
  readonly constants?: Readonly<Record<string, Tensor | OnnxTensor>>;
  /** Terms that add up in one element of a result; 1 where absent. */
  readonly terms?: number;
  /** What the outputs are, of a form that onnxruntime lacks, or has otherwise than ONNX's text. */
  readonly plain?: { readonly why: string; readonly outputs: readonly Tensor[] };
  /** The opset in which onnxruntime is asked, where it lacks the operator of this one and an earlier form means the same. */
  readonly asked?: number;
}

/** Cases by operator. */
export type LaterCases = Readonly<Record<string, readonly LaterCase[]>>;

/** The opsets whose forms are meant: the installed suite ends before the first. */
const OPSETS = { first: 18, last: 24 };

/** Cases that an operator has at least. */
const ENOUGH = 6;

/** To be called in a file of the project `gpu`, once: a test of each case on both backends. */
export function testLaterOpsets(cases: LaterCases): void {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await requestDevice((await openGpu()).adapter);
  });
  afterAll(() => device.destroy());
  describe.each(Object.keys(cases))('%s', (op) => {
    const forms = cases[op] ?? [];
    it('has cases enough, of other names and of these opsets', () => {
      expect(forms.length).toBeGreaterThanOrEqual(ENOUGH);
      expect(new Set(forms.map(({ name }) => name)).size).toBe(forms.length);
      for (const { name, opset, node } of forms) {
        expect(node.op, name).toBe(op);
        expect(opset, name).toBeGreaterThanOrEqual(OPSETS.first);
        expect(opset, name).toBeLessThanOrEqual(OPSETS.last);
      }
    });
    it.each(forms.map((form) => ({ form, title: `${form.name} (opset ${form.opset})` })))('$title', ({ form }) =>
      check(form, device),
    );
  });
}

async function check(c: LaterCase, gpu: GPUDevice): Promise<void> {
  const bytes = modelOf(c, c.opset);
  const feeds = new Map(Object.entries(c.inputs).map(([name, t]) => [name, rounded(t)]));
  const expected = c.plain ? named(c, c.plain.outputs) : await ortRun(modelOf(c, c.asked ?? c.opset), feeds);
  const inputShapes = Object.fromEntries(Array.from(feeds, ([name, { shape }]) => [name, shape]));
  for (const backend of ['cpu', 'webgpu'] as const) {
    using session = await Session.create(bytes, {
      backend,
      inputShapes,
      ...(backend === 'webgpu' ? { gpu } : {}),
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

/** Two orders of rounding may end on neighbouring halves. */
function toleranceOf({ dtype }: Tensor, terms: number | undefined): Tolerance {
  if (dtype === 'float16') return { rtol: 2 ** -9, atol: 2 ** -12 };
  return isFloat(dtype) ? floatTolerance(terms) : { rtol: 0, atol: 0 };
}

function modelOf({ node, inputs, constants = {} }: LaterCase, opset: number): Uint8Array {
  return encodeModel({
    opset,
    irVersion: opset > 22 ? 12 : 10,
    inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: node.outputs.filter((name) => name !== ''),
    nodes: [node],
    initializers: Object.entries(constants),
  });
}

function named({ node }: LaterCase, outputs: readonly Tensor[]): Map<string, Tensor> {
  const names = node.outputs.filter((name) => name !== '');
  return new Map(names.map((name, i) => [name, at(outputs, i)]));
}

/** Float16 ones as the engine's border rounds them. */
function rounded(t: Tensor): Tensor {
  return t.dtype === 'float16' ? fromRaw(t.dtype, t.shape, toRaw(t)) : t;
}
