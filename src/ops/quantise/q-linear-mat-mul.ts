/** QLinearMatMul: NumPy matmul of integers, whose sums are brought to the result's scale. */
import { lazy } from '../../core/on-demand.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, weightsAndBias, TWO_OPERANDS } from '../lib/quantised.ts';
import { realMatMul, realOperands } from '../lib/real-products.ts';
import { matMul } from '../product/mat-mul.ts';

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
  parameters: ({ attributes }) => weightsAndBias(attributes.transB ? -2 : -1),
  quantised: { ...TWO_OPERANDS, constant: [8] },
};
