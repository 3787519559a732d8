/** The CPU reference of Binary: integer results wrap to 32 bits; comparisons and logic give 0 and 1. */
import { isFloat, type DType } from '../../core/dtype.ts';
import { isNarrowed, requireHeld } from '../../core/extremes.ts';
import type { BinaryKind } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { tensorAt } from '../lib/operands.ts';

type PairFunction = (a: number, b: number) => number;

const truth = (v: boolean): number => (v ? 1 : 0);

/** Division by zero is defined as in WGSL, so that CPU and GPU agree: a / 0 = a, and a % 0 = 0. */
const truncDiv: PairFunction = (a, b) => (b === 0 ? a : Math.trunc(a / b));
const truncRest: PairFunction = (a, b) => (b === 0 ? 0 : a % b);
const floorRest: PairFunction = (a, b) => {
  const rest = truncRest(a, b);
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};

const FLOAT: { readonly [K in BinaryKind]: PairFunction } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  floorDiv: (a, b) => Math.floor(a / b),
  floorMod: (a, b) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },
  truncMod: (a, b) => a % b,
  atan2: Math.atan2,
  pow: power,
  min: Math.min,
  max: Math.max,
  squaredDifference: (a, b) => (a - b) * (a - b),
  equal: (a, b) => truth(a === b),
  notEqual: (a, b) => truth(a !== b),
  less: (a, b) => truth(a < b),
  lessOrEqual: (a, b) => truth(a <= b),
  greater: (a, b) => truth(a > b),
  greaterOrEqual: (a, b) => truth(a >= b),
  and: (a, b) => truth(a !== 0 && b !== 0),
  or: (a, b) => truth(a !== 0 || b !== 0),
  xor: (a, b) => truth((a !== 0) !== (b !== 0)),
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  bitShiftLeft: (a, b) => (b < 32 ? a << b : 0),
  bitShiftRight: (a, b) => (b < 32 ? a >>> b : 0),
};

const INTEGER: { readonly [K in BinaryKind]: PairFunction } = {
  ...FLOAT,
  mul: Math.imul,
  div: truncDiv,
  floorDiv: (a, b) => truncDiv(a - floorRest(a, b), b),
  floorMod: floorRest,
  truncMod: truncRest,
  pow: integerPower,
  squaredDifference: (a, b) => Math.imul(a - b, a - b),
};

/** What would not wrap, of the functions whose results have more bits than their operands. */
const UNWRAPPED: { readonly [K in BinaryKind]?: PairFunction } = {
  add: FLOAT.add,
  sub: FLOAT.sub,
  mul: FLOAT.mul,
  squaredDifference: FLOAT.squaredDifference,
  pow: (a, b) => (b < 0 ? 0 : power(a, b)),
  bitShiftLeft: (a, b) => (b < 64 ? a * 2 ** b : 0),
};

/** The function of integers, which throws ShapeError where its result leaves what the engine holds of the type. */
function exactly(dtype: DType, kind: BinaryKind): PairFunction {
  const unwrapped = UNWRAPPED[kind];
  if (!unwrapped) return INTEGER[kind];
  return (a, b) => {
    requireHeld(dtype, unwrapped(a, b));
    return INTEGER[kind](a, b);
  };
}

/** C's pow: unlike JavaScript's, 1 to any power, and −1 to an infinite one, is 1. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : Math.pow(base, exponent);
}

/** Powers modulo 2³² by repeated squaring; a negative exponent gives the truncated quotient, 0 unless |base| is 1. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  let factor = base;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

/** `OpDefinition.reference` of Binary. */
export const binaryReference: Reference<'Binary'> = ({ attributes }, inputs, outputs, wraps = false) => {
  const a = tensorAt(inputs, 0);
  const b = tensorAt(inputs, 1);
  const { kind } = attributes;
  const apply = !wraps && isNarrowed(a.dtype) ? exactly(a.dtype, kind) : (isFloat(a.dtype) ? FLOAT : INTEGER)[kind];
  const activate = activationFunction(attributes.activation);
  return [zipTensors(a, b, at(outputs, 0), (x, y) => activate(apply(x, y)))];
};
