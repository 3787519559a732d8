/** Cases of the Identity operator. */
import type { OpCase } from '../../../helpers/op-case.ts';

export const identityCases: readonly OpCase<'Identity'>[] = [
  { name: 'float32', op: 'Identity', inputs: [{ shape: [3, 5, 7] }], attributes: {} },
  { name: 'scalar int64', op: 'Identity', inputs: [{ dtype: 'int64', shape: [], values: [-5] }], attributes: {} },
  { name: 'bool', op: 'Identity', inputs: [{ dtype: 'bool', shape: [7] }], attributes: {} },
];
