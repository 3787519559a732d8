/** QLinearSoftmax → two dispatches: what each row has in common, then the results. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { softmaxQuotients, softmaxTables } from '../../ir/quantise/softmax.ts';
import { at } from '../../util/arrays.ts';
import { fixedMultiplier } from '../../util/fixed-point.ts';
import { required, type KernelDefinition, type LowerContext } from '../definition.ts';
import { BYTES, BYTES_OR_MORE, intConstant, SCALE, constantScalar } from '../lib/quantised.ts';
import { rowsVariant, type RowFunction } from '../lib/rows.ts';

/** Softmax by onnxruntime's rule. */
function quotients(context: LowerContext<'QLinearSoftmax'>): RowFunction {
  const { attributes } = context.node;
  const { shape } = required(context, 0);
  const { exponentials, steps } = softmaxQuotients(attributes, {
    scale: constantScalar(context, 1),
    result: constantScalar(context, 3),
    n: at(shape, normalizeAxis(attributes.axis, shape.length)),
  });
  const table = intConstant(exponentials);
  const [lowest, highest] = attributes.range;
  return {
    kind: 'quotients',
    tables: { terms: table, results: table },
    params: { lowest, highest, steps, zero_point: constantScalar(context, 4) },
  };
}

export const qLinearSoftmax: KernelDefinition<'QLinearSoftmax'> = {
  kind: 'dispatch',
  variants: [
    rowsVariant(
      ({ node }) => node.attributes.axis,
      (context) => {
        const { beta, log, range, rounding } = context.node.attributes;
        if (rounding === 'float-even' && !log) return quotients(context);
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
