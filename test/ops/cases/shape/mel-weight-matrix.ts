/** Cases of MelWeightMatrix: types of numbers and of the result, narrow triangles and edges that coincide, none at all. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function mels(
  numbers: readonly [bins: number, length: number, rate: number, lower: number, upper: number],
  { dtype = 'float32', of = 'int64' }: { readonly dtype?: DType; readonly of?: DType } = {},
): OpCase<'MelWeightMatrix'> {
  return {
    name: `${dtype} of ${of} ${numbers.join(', ')}`,
    op: 'MelWeightMatrix',
    inputs: numbers.map((v, i) => ({ dtype: i < 3 ? of : 'float32', shape: [], values: [v], constant: true })),
    attributes: { dtype },
  };
}

export const melWeightMatrixCases: readonly OpCase<'MelWeightMatrix'>[] = [
  mels([8, 16, 8192, 0, 4096]),
  mels([40, 400, 16000, 20, 7600]),
  mels([80, 512, 16000, 0, 8000], { of: 'int32' }),
  mels([20, 32, 8000, 100, 3000]),
  mels([5, 17, 8000, 0, 3900]),
  mels([3, 16, 8192, 0, 4096], { dtype: 'int32' }),
  mels([1, 1, 8000, 0, 0]),
];
