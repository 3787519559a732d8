/** QLinearL2Normalization → two dispatches: each row's norm, then the results. */
import { normBits } from '../../ir/quantise/norm.ts';
import { result, type KernelDefinition } from '../definition.ts';
import { BYTES, BYTES_OR_MORE, SCALE, constantScalar } from '../lib/quantised.ts';
import { rowsVariant } from '../lib/rows.ts';

export const qLinearL2Normalization: KernelDefinition<'QLinearL2Normalization'> = {
  kind: 'dispatch',
  variants: [
    rowsVariant(
      ({ node }) => node.attributes.axis,
      (context) => {
        const [lowest, highest] = context.node.attributes.range;
        return {
          kind: 'norm',
          params: {
            ...normBits(result(context).dtype),
            subtracted: constantScalar(context, 2),
            zero_point: constantScalar(context, 4),
            lowest,
            highest,
          },
        };
      },
    ),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
};
