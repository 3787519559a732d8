/** Cases of DftMatrix: both directions, real and complex, one-sided and not, lengths even, odd and 1, fewer numbers than the length. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function matrix(
  given: number,
  parts: 1 | 2,
  length: number | undefined,
  form: Partial<OpAttributes['DftMatrix']> = {},
): OpCase<'DftMatrix'> {
  const attributes = { inverse: false, oneSided: false, ...form };
  const asked = length === undefined ? [] : [{ dtype: 'int64' as const, shape: [1], values: [length], constant: true }];
  return {
    name: `${given} of ${parts}, length ${length ?? 'as given'}, ${JSON.stringify(form)}`,
    op: 'DftMatrix',
    inputs: [{ dtype: 'int64', shape: [2], values: [given, parts], constant: true }, ...asked],
    attributes,
    noOracle: 'ONNX has no such matrices',
  };
}

export const dftMatrixCases: readonly OpCase<'DftMatrix'>[] = [
  matrix(5, 1, undefined),
  matrix(8, 1, undefined, { oneSided: true }),
  matrix(7, 1, 9, { oneSided: true }),
  matrix(3, 1, 17, { inverse: true }),
  matrix(6, 2, undefined),
  matrix(5, 2, 8, { inverse: true }),
  matrix(4, 2, undefined, { inverse: true, oneSided: true }),
  matrix(4, 2, 7, { inverse: true, oneSided: true }),
  matrix(2, 2, 16, { inverse: true, oneSided: true }),
  matrix(1, 1, 1, { oneSided: true }),
  matrix(0, 2, 3),
  matrix(257, 1, 400, { oneSided: true }),
  matrix(300, 2, 301, { inverse: true }),
];
