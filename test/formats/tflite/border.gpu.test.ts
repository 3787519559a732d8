/** Every type of elements that enters and leaves a TensorFlow Lite file, on both backends, to the bit. */
import { afterAll, describe, expect, it } from 'vitest';
import { hostArray, type HostArray } from '../../../src/core/dtype.ts';
import { extremesOf } from '../../../src/core/extremes.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { WrittenOperator, WrittenTensor } from '../../../src/formats/tflite/write/file.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { closeGpu, openDevice } from '../../helpers/gpu-device.ts';
import { rawBytes } from '../../helpers/tflite-models.ts';

afterAll(closeGpu);

const TYPES = ['uint8', 'int8', 'int16', 'int32', 'int64', 'float32', 'bool'] as const;
type BorderType = (typeof TYPES)[number];

/** A file of several operators on `[rows, 3]` elements `x` and `y` of one type; outputs go by the names of their tensors. */
class BorderFile {
  readonly tensors: WrittenTensor[];
  readonly operators: WrittenOperator[] = [];
  readonly outputs: number[] = [];

  constructor(type: BorderType, rows: number) {
    const given = (name: string): WrittenTensor => ({ name, type, shape: [rows, 3] });
    this.tensors = [given('x'), given('y')];
  }

  /** Adds an int32 constant; gives its index. */
  ints(values: readonly number[]): number {
    const shape = [values.length];
    this.tensors.push({
      name: `c${this.tensors.length}`,
      type: 'int32',
      shape,
      data: rawBytes('int32', shape, values),
    });
    return this.tensors.length - 1;
  }

  add(
    name: string,
    op: string,
    inputs: readonly number[],
    result: Pick<WrittenTensor, 'type' | 'shape'>,
    options?: WrittenOperator['options'],
  ): void {
    this.tensors.push({ name, ...result });
    const output = this.tensors.length - 1;
    this.operators.push({ op, inputs, outputs: [output], ...(options ? { options } : {}) });
    this.outputs.push(output);
  }

  bytes(): Uint8Array {
    const { tensors, operators, outputs } = this;
    return encodeTflite({ subgraphs: [{ tensors, operators, inputs: [0, 1], outputs }] });
  }
}

/** Operators that move elements, compare them, and bring them to each type. */
function borderFile(type: BorderType, rows: number): Uint8Array {
  const file = new BorderFile(type, rows);
  const same = (...shape: number[]) => ({ type, shape });
  file.add('reshaped', 'RESHAPE', [0, file.ints([3, rows])], same(3, rows));
  file.add('joined', 'CONCATENATION', [0, 1], same(2 * rows, 3), ['Concatenation', { axis: 0 }]);
  file.add('cut', 'SLICE', [0, file.ints([0, 1]), file.ints([-1, 2])], same(rows, 2));
  file.add('turned', 'TRANSPOSE', [0, file.ints([1, 0])], same(3, rows));
  file.add('stacked', 'PACK', [0, 1], same(2, rows, 3), ['Pack', { valuesCount: 2, axis: 0 }]);
  file.add('chosen', 'GATHER', [0, file.ints([2, 0])], same(rows, 2), ['Gather', { axis: 1 }]);
  file.add('equal', 'EQUAL', [0, 1], { type: 'bool', shape: [rows, 3] });
  for (const to of TYPES) file.add(`to ${to}`, 'CAST', [0], { type: to, shape: [rows, 3] });
  return file.bytes();
}

/** Elements of a type: its ends, and what all types hold or truncate. */
function elements(type: BorderType, seed: number): number[] {
  if (type === 'bool') return [0, 1, 1, 0, seed, 1 - seed];
  if (type === 'float32') return [-0.75, 3.5, 0, 127.99, seed, 7];
  const [lowest, highest] = extremesOf(type);
  return [lowest, highest, 0, 1, seed, 100];
}

/** What CAST makes of elements: low bits of integers, floats without their fraction, and whether they are 0. */
function cast(data: readonly number[], to: BorderType): HostArray {
  const target = hostArray(to, data.length);
  data.forEach((v, i) => (target[i] = to === 'bool' ? Number(v !== 0) : to === 'float32' ? v : Math.trunc(v)));
  return target;
}

/** Both floats of −0.75 and 127.99 fit into every type but unsigned ones, where the ends are what is given. */
function saturated(data: readonly number[], from: BorderType, to: BorderType): readonly number[] {
  if (from !== 'float32' || to === 'float32' || to === 'bool') return data;
  const [lowest, highest] = extremesOf(to);
  return data.map((v) => Math.min(highest, Math.max(lowest, Math.trunc(v))));
}

function expected(type: BorderType, rows: number): Record<string, Tensor> {
  const [x, y] = [0, 1].map((seed) => elements(type, seed).slice(0, 3 * rows)) as [number[], number[]];
  const column = (values: readonly number[], c: number): number[] => range(rows).map((r) => values[3 * r + c] ?? 0);
  const zipped = (...columns: number[][]): number[] => range(rows).flatMap((r) => columns.map((c) => c[r] ?? 0));
  return {
    reshaped: tensorOf(type, [3, rows], x),
    joined: tensorOf(type, [2 * rows, 3], [...x, ...y]),
    cut: tensorOf(type, [rows, 2], zipped(column(x, 1), column(x, 2))),
    turned: tensorOf(
      type,
      [3, rows],
      [0, 1, 2].flatMap((c) => column(x, c)),
    ),
    stacked: tensorOf(type, [2, rows, 3], [...x, ...y]),
    chosen: tensorOf(type, [rows, 2], zipped(column(x, 2), column(x, 0))),
    equal: tensorOf(
      'bool',
      [rows, 3],
      x.map((v, i) => Number(v === y[i])),
    ),
    ...Object.fromEntries(TYPES.map((to) => [`to ${to}`, tensorOf(to, [rows, 3], cast(saturated(x, type, to), to))])),
  };
}

describe.each(['cpu', 'webgpu'] as const)('%s', (backend) => {
  it.each(TYPES.flatMap((type) => [2, 0].map((rows) => [type, rows] as const)))('%s [%d, 3]', async (type, rows) => {
    const gpu = backend === 'webgpu' ? { gpu: (await openDevice()).device } : {};
    using session = await Session.create(borderFile(type, rows), { backend, ...gpu });
    expect(session.inputs).toEqual(['x', 'y'].map((name) => ({ name, dtype: type, shape: [rows, 3] })));
    const feeds = [0, 1].map((seed) => tensorOf(type, [rows, 3], elements(type, seed).slice(0, 3 * rows)));
    const outputs = await session.run({
      x: feeds[0] ?? { shape: [], data: [] },
      y: feeds[1] ?? { shape: [], data: [] },
    });
    expect(outputs).toEqual(expected(type, rows));
  });
});

it('checks the range of 16-bit integers at the border', async () => {
  using session = await Session.create(borderFile('int16', 2), { backend: 'cpu' });
  const [shape, y] = [
    [2, 3],
    [0, 0, 0, 0, 0, 0],
  ];
  const run = session.run({ x: { shape, data: [0, 1, 2, 32768, 4, 5] }, y: { shape, data: y } });
  await expect(run).rejects.toThrow('input "x" is int16 2x3: element 3 is 32768, which does not fit int16');
});
