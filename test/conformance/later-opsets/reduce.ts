/** Reductions of opset 18 (axes are an input, which may be empty or absent), and of opset 20 (bool). */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const noop = { noop_with_empty_axes: { i: 1 } };
const flat = { keepdims: { i: 0 } };

interface Form {
  readonly inputs: string;
  readonly attributes?: OnnxNode['attributes'];
  readonly axes?: Tensor;
  readonly opset?: number;
}

/** What every reduction has, of a tensor of 2 × 3 × 5. */
const FORMS: Readonly<Record<string, Form>> = {
  'of all axes': { inputs: 'x' },
  'of all axes, which are dropped': { inputs: 'x', attributes: flat, opset: 22 },
  'of one axis': { inputs: 'x axes', axes: ints(1) },
  'of axes out of order': { inputs: 'x axes', axes: ints(2, 0) },
  'of axes from the end, which are dropped': { inputs: 'x axes', axes: ints(-1, 0), attributes: flat, opset: 20 },
  'of an empty list': { inputs: 'x axes', axes: ints(), opset: 21 },
  'of an empty list, which means none': { inputs: 'x axes', axes: ints(), attributes: noop, opset: 24 },
  'of an absent list, which means none': { inputs: 'x', attributes: noop },
};

function casesOf(op: string, x: Tensor): LaterCase[] {
  return Object.entries(FORMS).map(([name, { inputs, attributes, axes, opset = 18 }]) => {
    const constants = axes ? { axes } : {};
    return { name, opset, node: node(op, inputs, 'y', attributes), inputs: { x }, constants, terms: 30 };
  });
}

/** Axes that a run feeds. */
function fed(op: string, x: Tensor): LaterCase {
  return { name: 'of axes that are fed', opset: 18, node: node(op, 'x axes', 'y'), inputs: { x, axes: ints(0, 2) } };
}

const x = wave([2, 3, 5]);
const positive = tensorOf(
  'float32',
  [2, 3, 5],
  Float32Array.from(x.data, (v) => Math.abs(v) + 0.25),
);
const whole = tensorOf(
  'int32',
  [2, 3, 5],
  Int32Array.from(x.data, (v) => Math.round(v * 50)),
);

const FLOATS = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'];

/** Of which opset 20 takes bool. */
const EXTREMES = ['Max', 'Min'];

function ofBool(op: string): LaterCase[] {
  const bits = tensorOf('bool', [2, 3], [1, 0, 1, 0, 0, 0]);
  const constants = { axes: ints(1) };
  return [
    { name: 'of bool', opset: 20, node: node(op, 'x axes', 'y'), inputs: { x: bits }, constants },
    { name: 'of all bools', opset: 20, node: node(op, 'x', 'y', flat), inputs: { x: bits } },
  ];
}

function more(kind: string): LaterCase[] {
  const op = `Reduce${kind}`;
  const integers = ['Sum', 'Max', 'Min', 'Prod', 'L1', 'SumSquare'].includes(kind)
    ? [
        {
          name: 'of int32',
          opset: 18,
          node: node(op, 'x axes', 'y'),
          inputs: { x: whole },
          constants: { axes: ints(1) },
        },
      ]
    : [];
  return [...integers, ...(EXTREMES.includes(kind) ? ofBool(op) : []), fed(op, x)];
}

const CASES: LaterCases = Object.fromEntries(
  FLOATS.map((kind) => [
    `Reduce${kind}`,
    alsoIn(EXTREMES.includes(kind) ? [20] : [], [...casesOf(`Reduce${kind}`, x), ...more(kind)]),
  ]),
);

export const LATER_REDUCE: LaterCases = { ...CASES, ReduceLogSum: casesOf('ReduceLogSum', positive) };
