/** QLinearSoftmax → two dispatches: what each row has in common, then the results. */
import { softmaxTables } from '../../ir/quantise/softmax.ts';
import { fixedMultiplier } from '../../util/fixed-point.ts';
import type { KernelDefinition } from '../definition.ts';
import { BYTES, BYTES_OR_MORE, intConstant, SCALE, constantScalar } from '../lib/quantised.ts';
import { rowsVariant } from '../lib/rows.ts';

export const qLinearSoftmax: KernelDefinition<'QLinearSoftmax'> = {
  kind: 'dispatch',
  variants: [
    rowsVariant(
      ({ node }) => node.attributes.axis,
      (context) => {
        const { beta, log, range } = context.node.attributes;
        const scale = constantScalar(context, 1);
        const { differences, exponentials, terms, counted } = softmaxTables(context.node.attributes, scale);
        const inverse = fixedMultiplier(1 / (beta * scale * 2 ** 26));
        return {
          kind: log ? 'logSoftmax' : 'softmax',
          tables: { terms: intConstant(terms), results: intConstant(log ? differences : exponentials) },
          params: { counted, lowest: range[0], highest: range[1], ...(log ? inverse : {}) },
        };
      },
    ),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
};
