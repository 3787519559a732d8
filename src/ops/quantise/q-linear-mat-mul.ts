/** QLinearMatMul: NumPy matmul of integers, whose sums are brought to the result's scale. */
import { lazy } from '../../core/on-demand.ts';
import { NO_ACTIVATION, type NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { quantisedOperand, quantisedResult } from '../lib/quantised.ts';
import { matMul } from '../product/mat-mul.ts';

/** The product of real numbers that the integers stand for. */
export function realMatMul(node: NodeOf<'QLinearMatMul'>): NodeOf<'MatMul'> {
  return { ...node, op: 'MatMul', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

function realOperands([a, , , b, , , , , bias]: Operands): Operands {
  return [a, b, bias].map((desc) => desc && { dtype: 'float32', shape: desc.shape });
}

/** NumPy's shapes. Throws ShapeError where operands, scales or the bias do not fit. */
export const qLinearMatMul: OpDefinition<'QLinearMatMul'> = {
  infer: (node, inputs) => {
    const [real] = matMul.infer(realMatMul(node), realOperands(inputs));
    quantisedOperand(inputs, 0);
    quantisedOperand(inputs, 3, inputs[3]?.shape.at(node.attributes.transB ? -2 : -1));
    return [quantisedResult(inputs, 6, real?.shape ?? [])];
  },
  reference: lazy(() => import('./products-loop.ts'), 'qLinearMatMulReference'),
  multiplyAdds: (node, [a, , , b], outputs) => matMul.multiplyAdds?.(realMatMul(node), [a, b], [at(outputs, 0)]) ?? 0,
};
