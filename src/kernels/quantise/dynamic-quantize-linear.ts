/** DynamicQuantizeLinear → the range of x by parts, scale and zero point of these, and then as QuantizeLinear. */
import { rangePartsShader, rangeShader } from '../../../shaders/quantise/dynamic-range.ts';
import { quantizeLinearShader } from '../../../shaders/quantise/quantize-linear.ts';
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { elementCount } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelDefinition,
} from '../definition.ts';
import { BYTES_OR_MORE } from '../lib/quantised.ts';

/** Parts at most, and vectors of four of one at least. */
const PARTS = 4096;
const VECTORS = 16;

export const dynamicQuantizeLinear: KernelDefinition<'DynamicQuantizeLinear'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'parts',
      (context) => elementCount(required(context, 0).shape),
      (context, elements) => {
        const { node, device } = context;
        const [x, y, zeroPoint] = [required(context, 0), result(context), result(context, 2)];
        const [input, output, scale, zero] = [node.inputs[0], ...node.outputs].map(value) as [
          CallOperand,
          CallOperand,
          CallOperand,
          CallOperand,
        ];
        const vectors = ceilDiv(elements, 4);
        const parts = Math.min(PARTS, ceilDiv(vectors, VECTORS));
        const extremes: CallOperand = { kind: 'scratch', id: 'extremes', elements: 2 * Math.max(1, parts) };
        const ranged = {
          shader: rangeShader(zeroPoint.storage),
          operands: [extremes, scale, zero],
          params: { parts },
          workgroups: [1, 1, 1],
        } as const;
        if (elements === 0) return [ranged];
        return [
          {
            shader: rangePartsShader(x.storage),
            operands: [input, extremes],
            params: { count: parts, vectors, elements },
            workgroups: dispatch1d(parts, FLAT_WORKGROUP, device),
          },
          ranged,
          {
            shader: quantizeLinearShader({
              rule: 'even',
              scales: 'scalar',
              zeroPoint: true,
              x: x.storage,
              y: y.storage,
            }),
            operands: [input, scale, zero, output],
            params: { count: vectors, lowest: 0, highest: 255 },
            workgroups: dispatch1d(vectors, FLAT_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
  inputs: [{ dtypes: ['float32', 'float16'], storage: ['f16'] }],
  outputs: BYTES_OR_MORE,
  // What scales are multiplied with may be too small for a half.
  isWide: () => true,
};
