/** QLinearConv: a convolution of integers, whose sums are brought to the result's scale. */
import { lazy } from '../../core/on-demand.ts';
import { NO_ACTIVATION, type NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { conv } from '../conv/conv.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { quantisedOperand, quantisedResult } from '../lib/quantised.ts';

/** The convolution of real numbers that the integers stand for. */
export function realConv(node: NodeOf<'QLinearConv'>): NodeOf<'Conv'> {
  return { ...node, op: 'Conv', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

/** The convolution's operands: x, w and the bias, of one type that it takes. */
function realOperands([x, , , w, , , , , bias]: Operands): Operands {
  return [x, w, bias].map((desc) => desc && { dtype: 'float32', shape: desc.shape });
}

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
};
