/** Functions of single elements, and arithmetic of two blobs. */
import { mapped, positiveBlob, randomBlob, type NcnnCase } from '../../../helpers/ncnn-case.ts';
import { plainBinary, plainBlob, type PlainBlob } from '../../../helpers/ncnn-plain.ts';

const image = randomBlob(3, 4, 5);
const wide = mapped(randomBlob(3, 4, 5), (v) => 4 * v);
const softplus = (v: number): number => Math.log(1 + Math.exp(v));

const FUNCTIONS: readonly (readonly [string, (v: number) => number])[] = [
  ['ReLU', (v) => Math.max(v, 0)],
  ['ReLU 0=0.2', (v) => (v > 0 ? v : 0.2 * v)],
  ['Sigmoid', (v) => 1 / (1 + Math.exp(-v))],
  ['TanH', Math.tanh],
  ['Swish', (v) => v / (1 + Math.exp(-v))],
  ['Mish', (v) => v * Math.tanh(softplus(v))],
  ['Softplus', softplus],
  ['HardSigmoid', (v) => Math.min(Math.max(0.2 * v + 0.5, 0), 1)],
  ['HardSigmoid 0=0.3 1=0.4', (v) => Math.min(Math.max(0.3 * v + 0.4, 0), 1)],
  ['HardSwish', (v) => v * Math.min(Math.max(0.2 * v + 0.5, 0), 1)],
  ['HardSwish 0=1.666667e-01 1=5.000000e-01', (v) => v * Math.min(Math.max(v / 6 + 0.5, 0), 1)],
  ['Clip 0=-0.5 1=2.0', (v) => Math.min(Math.max(v, -0.5), 2)],
  ['Clip', (v) => v],
  ['ELU 0=0.7', (v) => (v < 0 ? 0.7 * (Math.exp(v) - 1) : v)],
  ['ELU', (v) => (v < 0 ? 0.1 * (Math.exp(v) - 1) : v)],
  ['CELU 0=1.5', (v) => (v < 0 ? 1.5 * (Math.exp(v / 1.5) - 1) : v)],
  ['SELU', (v) => 1.050700987 * (v < 0 ? 1.67326324 * (Math.exp(v) - 1) : v)],
  ['Dropout', (v) => v],
  ['Dropout 0=0.25', (v) => 0.25 * v],
];

const UNARY: readonly (readonly [number, (v: number) => number, positive?: boolean])[] = [
  [0, Math.abs],
  [1, (v) => -v],
  [2, Math.floor],
  [3, Math.ceil],
  [4, (v) => v * v],
  [5, Math.sqrt, true],
  [6, (v) => 1 / Math.sqrt(v), true],
  [7, Math.exp],
  [8, Math.log, true],
  [9, Math.sin],
  [10, Math.cos],
  [11, Math.tan],
  [12, Math.asin],
  [13, Math.acos],
  [14, Math.atan],
  [15, (v) => 1 / v, true],
  [16, Math.tanh],
  [17, Math.log10, true],
  [18, (v) => Math.round(v)],
  [19, Math.trunc],
];

const unaryCases = UNARY.map(([op, f, positive]): NcnnCase => {
  const x = positive ? positiveBlob(2, 3, 4) : op === 19 || op === 2 || op === 3 ? wide : image;
  return { name: `UnaryOp ${op}`, layer: `UnaryOp 0=${op}`, inputs: [x], expected: [mapped(x, f)] };
});

const BINARY: readonly ((a: number, b: number) => number)[] = [
  (a, b) => a + b,
  (a, b) => a - b,
  (a, b) => a * b,
  (a, b) => a / b,
  Math.max,
  Math.min,
  (a, b) => a ** b,
  (a, b) => b - a,
  (a, b) => b / a,
  (a, b) => b ** a,
  Math.atan2,
  (a, b) => Math.atan2(b, a),
];

const [left, right] = [positiveBlob(3, 4, 5), positiveBlob(3, 4, 5)];

const binaryCases = BINARY.flatMap((f, op): NcnnCase[] => [
  { name: `BinaryOp ${op}`, layer: `BinaryOp 0=${op}`, inputs: [left, right], expected: [plainBinary(left, right, f)] },
  {
    name: `BinaryOp ${op} with a number`,
    layer: `BinaryOp 0=${op} 1=1 2=1.500000e+00`,
    inputs: [left],
    expected: [mapped(left, (v) => f(v, 1.5))],
  },
]);

/** Blobs of different dimensions, in both orders. */
const broadcastCases = (
  [
    [[3], [3, 4, 5]],
    [[5], [3, 4, 5]],
    [[1], [3, 4, 5]],
    [[3], [3, 4]],
    [[4], [3, 4]],
    [
      [3, 4],
      [3, 4, 5],
    ],
    [
      [3, 4, 1],
      [3, 4, 5],
    ],
    [
      [3, 1, 1],
      [3, 4, 5],
    ],
    [
      [1, 4, 5],
      [3, 4, 5],
    ],
    [
      [3, 1, 5],
      [3, 4, 1],
    ],
    [[2], [2, 3, 4, 5]],
    [[5], [2, 3, 4, 5]],
    [
      [2, 3],
      [2, 3, 4, 5],
    ],
    [
      [2, 3, 4],
      [2, 3, 4, 5],
    ],
    [[1], [4]],
    // As long as both: the channels'.
    [[4], [4, 2, 4]],
  ] as const
).flatMap(([a, b]): NcnnCase[] =>
  [
    [a, b],
    [b, a],
  ].map(([first = [], second = []]) => {
    const [x, y] = [randomBlob(...first), randomBlob(...second)];
    return {
      name: `BinaryOp: [${first.join()}] and [${second.join()}]`,
      layer: 'BinaryOp 0=1',
      inputs: [x, y],
      expected: [plainBinary(x, y, (p, q) => p - q)],
    };
  }),
);

const terms = [randomBlob(3, 4, 5), randomBlob(3, 4, 5), randomBlob(3, 4, 5)] as const;
const overTerms = (f: (values: readonly number[]) => number): PlainBlob => ({
  extents: [3, 4, 5],
  data: terms[0].data.map((_, i) => f(terms.map(({ data }) => data[i] ?? 0))),
});

const eltwiseCases: NcnnCase[] = [
  {
    name: 'Eltwise: a product',
    layer: 'Eltwise',
    inputs: terms,
    expected: [overTerms((v) => v.reduce((a, b) => a * b))],
  },
  {
    name: 'Eltwise: a sum',
    layer: 'Eltwise 0=1',
    inputs: terms,
    expected: [overTerms((v) => v.reduce((a, b) => a + b))],
  },
  {
    name: 'Eltwise: a sum with factors',
    layer: 'Eltwise 0=1 -23301=3,0.5,1.0,-2.0',
    inputs: terms,
    expected: [overTerms(([a = 0, b = 0, c = 0]) => 0.5 * a + b - 2 * c)],
  },
  { name: 'Eltwise: a maximum', layer: 'Eltwise 0=2', inputs: terms, expected: [overTerms((v) => Math.max(...v))] },
];

/** Layers of single elements. */
export const ELEMENT_CASES: readonly NcnnCase[] = [
  ...FUNCTIONS.map(([layer, f]): NcnnCase => ({ name: layer, layer, inputs: [wide], expected: [mapped(wide, f)] })),
  ...unaryCases,
  ...binaryCases,
  ...broadcastCases,
  ...eltwiseCases,
  { name: 'zeros', layer: 'ReLU', inputs: [plainBlob([2, 3, 3], () => 0)], expected: [plainBlob([2, 3, 3], () => 0)] },
];
