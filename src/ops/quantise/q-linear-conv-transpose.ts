/** QLinearConvTranspose: a transposed convolution of integers, whose sums are brought to the result's scale. */
import { lazy } from '../../core/on-demand.ts';
import { at } from '../../util/arrays.ts';
import { convTranspose } from '../conv/conv-transpose.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, weightsAndBias, OPERAND_AND_WEIGHTS } from '../lib/quantised.ts';
import { realConvTranspose, realOperands } from '../lib/real-products.ts';

/** x `[N, …S, C]` with weights `[…K, C/group, M]` to `[N, …S', M]`. Throws ShapeError where operands do not fit. */
export const qLinearConvTranspose: OpDefinition<'QLinearConvTranspose'> = {
  infer: (node, inputs) => {
    quantisedOperand(inputs, 0);
    quantisedOperand(inputs, 3, inputs[3]?.shape.at(-1));
    const [real] = convTranspose.infer(realConvTranspose(node), realOperands(inputs));
    return [quantisedResult(inputs, 6, real?.shape ?? [])];
  },
  reference: lazy(() => import('./products-loop.ts'), 'qLinearConvTransposeReference'),
  multiplyAdds: (node, [x, , , w], outputs) =>
    convTranspose.multiplyAdds?.(realConvTranspose(node), [x, w], outputs) ?? 0,
  sees: (node, [x, , , w], outputs) => convTranspose.sees?.(realConvTranspose(node), [x, w], [at(outputs, 0)]) ?? [],
  parameters: () => weightsAndBias(-1),
  quantised: OPERAND_AND_WEIGHTS,
};
