/** Small ONNX models node by node, and running one both on the CPU and by onnxruntime. */
import { expect } from 'vitest';
import { floatTolerance } from '../../src/core/compare.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { Session } from '../../src/session/session.ts';
import { floatsToHalves } from '../../src/util/half.ts';
import { expectClose } from './close.ts';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValueInfo } from './onnx-bytes.ts';
import { ortRun } from './ort-oracle.ts';

/** For models without external files. */
export const noFile = (name: string): Promise<never> => Promise.reject(new Error(`no file ${name}`));

/** A node called after its operator and outputs; names stand between spaces, an absent one between two. */
export function node(op: string, inputs: string, outputs: string, attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return { op, name: `${op}_${outputs.replace(/ .*/, '')}`, inputs: list(inputs), outputs: list(outputs), attributes };
}

function list(names: string): string[] {
  return names === '' ? [] : names.split(' ');
}

/** A float32 value of which only the rank is declared. */
export function floatPort(name: string, rank: number): OnnxValueInfo {
  return { name, dtype: 'float32', shape: Array.from({ length: rank }, () => null) };
}

/** Elements between −2 and 2, of both signs and none equal. */
export function wave(shape: readonly number[], dtype: 'float32' | 'float16' = 'float32'): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  const values = Array.from({ length: count }, (_, i) => 2 * Math.sin(1.7 * i + 0.3));
  return tensorOf(dtype, shape, dtype === 'float16' ? values.map((v) => Math.round(v * 512) / 512) : values);
}

/** Runs the model both ways on what its inputs are fed, and compares every output. */
export async function agreesWithOrt(model: OnnxModel, feeds: Readonly<Record<string, Tensor>>): Promise<void> {
  const bytes = encodeModel(model);
  const expected = await ortRun(bytes, new Map(Object.entries(feeds)));
  const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  using session = await Session.create(bytes, { backend: 'cpu', inputShapes });
  const fed = Object.entries(feeds).map(([name, t]) => [name, t.dtype === 'float16' ? halves(t) : t]);
  const got = await session.run(Object.fromEntries(fed));
  expect(Object.keys(got)).toEqual([...expected.keys()]);
  for (const [name, want] of expected) {
    const actual = got[name];
    if (!actual) throw new Error(`no output ${name}`);
    const half = want.dtype === 'float16';
    // Two orders of rounding may end on neighbouring halves.
    expectClose(actual, want, half ? { rtol: 2 ** -9, atol: 2 ** -12 } : floatTolerance(16), name);
  }
}

function halves({ shape, data }: Tensor): { dtype: 'float16'; shape: readonly number[]; data: Uint16Array } {
  return { dtype: 'float16', shape, data: floatsToHalves(data) };
}
