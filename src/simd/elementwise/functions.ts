/** What the kernel `combine` computes, by number. */
const FUNCTIONS = [
  'add',
  'sub',
  'mul',
  'pRelu',
  'div',
  'min',
  'max',
  'squaredDifference',
  'abs',
  'neg',
  'log',
  'sqrt',
  'rsqrt',
  'reciprocal',
  'sign',
  'floor',
  'ceil',
  'round',
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'floatToBool',
  'floatToInt32',
  'floatToUint32',
  'floatToInt8',
  'floatToUint8',
  'intToFloat',
  'uintToFloat',
  // Integers, that wrap:
  'intAdd',
  'intSub',
  'intMul',
  'intMin',
  'intMax',
  'uintMin',
  'uintMax',
  'intSquaredDifference',
  'intEqual',
  'intNotEqual',
  'intLess',
  'intLessOrEqual',
  'uintLess',
  'uintLessOrEqual',
  'bitAnd',
  'bitOr',
  'bitXor',
  'not',
  'intToBool',
  'where',
  'copy',
] as const;

/** A function of one element of up to three operands, in the order of `combined` (assembly/elementwise.ts). */
export type Combination = (typeof FUNCTIONS)[number];

/** The number of a function. */
export function combinationNumber(name: Combination): number {
  return FUNCTIONS.indexOf(name);
}

/** The function of this name, where there is one. */
export function combinationOf(name: string): Combination | undefined {
  return FUNCTIONS.find((known) => known === name);
}
