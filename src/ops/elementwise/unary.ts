/** Unary: elementwise functions that are not activations. */
import { keptBound } from '../lib/bounded.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import type { UnaryKind } from '../../ir/ops.ts';
import { erf } from '../../util/erf.ts';
import type { OpDefinition } from '../definition.ts';
import { mapTensor } from '../lib/elementwise.ts';
import { operand, tensorAt } from '../lib/operands.ts';

interface UnaryRow {
  readonly apply: (x: number) => number;
  /** What the function is defined on: floats, any number (bool excluded), or truth values. */
  readonly domain: 'float' | 'number' | 'logical';
}

const FUNCTIONS: { readonly [K in UnaryKind]: UnaryRow } = {
  abs: { apply: Math.abs, domain: 'number' },
  neg: { apply: (x) => -x, domain: 'number' },
  exp: { apply: Math.exp, domain: 'float' },
  log: { apply: Math.log, domain: 'float' },
  sqrt: { apply: Math.sqrt, domain: 'float' },
  rsqrt: { apply: (x) => 1 / Math.sqrt(x), domain: 'float' },
  reciprocal: { apply: (x) => 1 / x, domain: 'float' },
  square: { apply: (x) => x * x, domain: 'number' },
  sign: { apply: Math.sign, domain: 'number' },
  floor: { apply: Math.floor, domain: 'number' },
  ceil: { apply: Math.ceil, domain: 'number' },
  round: { apply: roundHalfToEven, domain: 'number' },
  sin: { apply: Math.sin, domain: 'float' },
  cos: { apply: Math.cos, domain: 'float' },
  tan: { apply: Math.tan, domain: 'float' },
  asin: { apply: Math.asin, domain: 'float' },
  acos: { apply: Math.acos, domain: 'float' },
  sinh: { apply: Math.sinh, domain: 'float' },
  cosh: { apply: Math.cosh, domain: 'float' },
  asinh: { apply: Math.asinh, domain: 'float' },
  acosh: { apply: Math.acosh, domain: 'float' },
  atanh: { apply: Math.atanh, domain: 'float' },
  erf: { apply: erf, domain: 'float' },
  not: { apply: (x) => (x === 0 ? 1 : 0), domain: 'logical' },
  isNaN: { apply: (x) => (Number.isNaN(x) ? 1 : 0), domain: 'float' },
};

/** The nearest integer; halfway cases go to the even one. */
function roundHalfToEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

function resultType(kind: UnaryKind, dtype: DType): DType {
  const { domain } = FUNCTIONS[kind];
  const fits = { float: isFloat(dtype), number: dtype !== 'bool', logical: dtype === 'bool' }[domain];
  if (!fits) throw new ShapeError(`${kind} is not defined on ${dtype}`);
  return kind === 'isNaN' ? 'bool' : dtype;
}

/** Integer results wrap to 32 bits; `not` takes and gives bool, `isNaN` gives bool. */
export const unary: OpDefinition<'Unary'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype: resultType(node.attributes.kind, dtype), shape }];
  },
  bounded: keptBound,
  reference: ({ attributes: { kind } }, inputs) => {
    const x = tensorAt(inputs, 0);
    // x·x of a large integer exceeds the 53 bits of a double; imul keeps the low 32 exactly.
    const apply = kind === 'square' && !isFloat(x.dtype) ? (v: number) => Math.imul(v, v) : FUNCTIONS[kind].apply;
    return [mapTensor(x, resultType(kind, x.dtype), apply)];
  },
};
