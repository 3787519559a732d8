/** Cases of QLinearBinary and QLinearPRelu: kinds, rules, broadcasts, ties. */
import type { OpAttributes, QuantisedBinaryKind } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { affine, bytes, rangeOf, type Byte } from '../../../helpers/quantised-case.ts';

interface Setup extends Partial<Omit<OpAttributes['QLinearBinary'], 'kind'>> {
  readonly type?: Byte;
  readonly scales?: readonly [a: number, b: number, y: number];
  readonly zeroPoints?: readonly [a: number, b: number, y: number];
  readonly constant?: boolean;
}

const KINDS: readonly QuantisedBinaryKind[] = ['add', 'sub', 'mul', 'squaredDifference'];

function operands(a: readonly number[], b: readonly number[], setup: Setup): OpCase['inputs'] {
  const { type = 'int8', scales = [0.02, 0.035, 0.05], zeroPoints = [3, -7, -5], constant = false } = setup;
  return [
    bytes(type, a),
    ...affine(type, scales[0], zeroPoints[0]),
    bytes(type, b, constant ? { constant } : {}),
    ...affine(type, scales[1], zeroPoints[1]),
    ...affine(type, scales[2], zeroPoints[2]),
  ];
}

function binaryCase(
  kind: QuantisedBinaryKind,
  a: readonly number[],
  b: readonly number[],
  setup: Setup = {},
): OpCase<'QLinearBinary'> {
  const { type = 'int8', rounding = 'tfl-double', range = rangeOf(type), scales = [] } = setup;
  return {
    name: `${kind} of [${a}] and [${b}], ${rounding}, ${type}, scales ${scales.length ? scales : 'usual'}, range ${range}`,
    op: 'QLinearBinary',
    inputs: operands(a, b, setup),
    attributes: { kind, rounding, range },
    noOracle: 'ONNX has no rule but its own',
  };
}

const UNSIGNED: Setup = { type: 'uint8', zeroPoints: [121, 137, 9] };

/** Every pair of integers. */
const everyPair = (kind: QuantisedBinaryKind, setup: Setup): OpCase<'QLinearBinary'> => {
  const c = binaryCase(kind, [256, 1], [1, 256], setup);
  const [lowest] = rangeOf(setup.type ?? 'int8');
  const values = range(256).map((i) => i + lowest);
  return {
    ...c,
    name: `${c.name}, every pair`,
    inputs: c.inputs.map((input, i) => (input && (i === 0 || i === 3) ? { ...input, values } : input)),
  };
};

const SCALES = [
  [0.5, 0.25, 1],
  [0.003, 0.7, 0.011],
  [9.1, 6.8, 1],
  [1000.1, 1000.3, 1],
  [1e36, 0.035, 1e-20],
  [1e-40, 1e-41, 1e-41],
] as const;

export const qLinearBinaryCases: readonly OpCase<'QLinearBinary'>[] = [
  ...KINDS.flatMap((kind) =>
    (['tfl-double', 'xnnpack'] as const).flatMap((rounding) => [
      everyPair(kind, { rounding }),
      everyPair(kind, { rounding, scales: [0.5, 0.25, 1] }),
      everyPair(kind, { rounding, ...UNSIGNED, scales: [0.003, 0.7, 0.011] }),
    ]),
  ),
  // Ties; operands whose steps are worth as much as many of the result's, and cancel; beyond what floats hold.
  ...(['add', 'sub', 'mul'] as const).flatMap((kind) =>
    SCALES.map((scales) => everyPair(kind, { rounding: 'float-even', scales })),
  ),
  ...KINDS.map((kind) => binaryCase(kind, [2, 3, 5, 4], [2, 3, 5, 4])),
  binaryCase('add', [2, 3, 4, 8], [8], { constant: true }),
  binaryCase('mul', [2, 1, 4, 7], [3, 1, 7], UNSIGNED),
  binaryCase('sub', [1], [5, 3]),
  binaryCase('add', [7, 8], [7, 8], { range: [-5, 100] }),
  binaryCase('add', [0, 8], [0, 8]),
  // Beyond int32 before they are held in the type, and scales that float32 has no quotient of.
  binaryCase('add', [5, 8], [5, 8], { rounding: 'xnnpack', scales: [0.02, 0.035, 1e-10] }),
  binaryCase('sub', [5, 8], [5, 8], { scales: [1e36, 0.035, 1e-20] }),
  binaryCase('mul', [5, 8], [5, 8], { rounding: 'xnnpack', scales: [1e36, 0.035, 1e-20] }),
];

function pReluCase(x: readonly number[], slope: readonly number[], setup: Setup = {}): OpCase<'QLinearPRelu'> {
  const { type = 'int8' } = setup;
  return {
    name: `[${x}], slope [${slope}], ${type}${setup.rounding ? `, ${setup.rounding}` : ''}`,
    op: 'QLinearPRelu',
    inputs: operands(x, slope, { constant: true, ...setup }),
    attributes: { rounding: setup.rounding ?? 'tfl-double', range: rangeOf(type) },
    noOracle: 'ONNX has no such operator',
  };
}

export const qLinearPReluCases: readonly OpCase<'QLinearPRelu'>[] = [
  pReluCase([2, 3, 5, 8], [8]),
  pReluCase([1, 4, 4, 7], [1, 1, 7], UNSIGNED),
  pReluCase([5, 5], [5, 5]),
  pReluCase([17, 32], [17, 32], { rounding: 'float-even' }),
  pReluCase([17, 32], [32], { rounding: 'float-even', scales: [0.5, 0.5, 1], zeroPoints: [0, 0, 0] }),
];
