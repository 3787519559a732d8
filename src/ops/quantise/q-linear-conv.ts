/** QLinearConv: a convolution of integers, whose sums are brought to the result's scale. */
import { lazy } from '../../core/on-demand.ts';
import { at } from '../../util/arrays.ts';
import { conv } from '../conv/conv.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, weightsAndBias, OPERAND_AND_WEIGHTS } from '../lib/quantised.ts';
import { realConv, realOperands } from '../lib/real-products.ts';

/** x `[N, …S, C]` with weights `[…K, C/group, M]` to `[N, …S', M]`. Throws ShapeError where operands do not fit. */
export const qLinearConv: OpDefinition<'QLinearConv'> = {
  infer: (node, inputs) => {
    quantisedOperand(inputs, 0);
    quantisedOperand(inputs, 3, inputs[3]?.shape.at(-1));
    return [quantisedResult(inputs, 6, at(conv.infer(realConv(node), realOperands(inputs)), 0).shape)];
  },
  reference: lazy(() => import('./products-loop.ts'), 'qLinearConvReference'),
  multiplyAdds: (node, [x, , , w], outputs) => conv.multiplyAdds?.(realConv(node), [x, w], outputs) ?? 0,
  sees: (node, [x, , , w], outputs) => conv.sees?.(realConv(node), [x, w], outputs) ?? [],
  parameters: () => weightsAndBias(-1),
  quantised: OPERAND_AND_WEIGHTS,
};
