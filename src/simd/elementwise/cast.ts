/** Cast as a call of a WASM kernel. */
import { isFloat, wgslScalar, type DType } from '../../core/dtype.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { combine } from './combine.ts';
import type { Combination } from './functions.ts';

const OF_FLOATS: { readonly [D in DType]?: Combination } = {
  bool: 'floatToBool',
  float32: 'copy',
  int64: 'floatToInt32',
  int32: 'floatToInt32',
  uint64: 'floatToUint32',
  uint32: 'floatToUint32',
  int8: 'floatToInt8',
  uint8: 'floatToUint8',
};

/** Integers keep their low bits; to 64 bits with sign those without saturate, which no kernel does. */
function ofInteger(from: DType, to: DType): Combination | undefined {
  const isUnsigned = wgslScalar(from) === 'u32';
  if (to === 'bool') return 'intToBool';
  if (to === 'float32') return isUnsigned ? 'uintToFloat' : 'intToFloat';
  return isFloat(to) || (isUnsigned && to === 'int64') ? undefined : 'copy';
}

/** Not to floats of 16 bits, which round. */
export function cast(context: SimdContext<'Cast'>): readonly SimdCall[] | undefined {
  const { to } = context.node.attributes;
  const from = context.inputs[0]?.dtype ?? 'float32';
  const how = isFloat(from) ? OF_FLOATS[to] : ofInteger(from, to);
  return how && combine(context, { how, a: 0, isTruth: to === 'bool' });
}
