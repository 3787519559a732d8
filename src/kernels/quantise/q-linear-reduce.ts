/** QLinearReduce → one dispatch. */
import { qLinearReduceShader } from '../../../shaders/quantise/q-linear-reduce.ts';
import { axesOrAll } from '../../core/broadcast.ts';
import { collapse, stridedDims } from '../../core/strided.ts';
import { elementCount } from '../../core/tensor.ts';
import { reductionPlan, type ReductionPlan } from '../../ir/quantise/reductions.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { product, stridesOf } from '../../util/arrays.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES, BYTES_OR_MORE, floatBits, resultParams, SCALE, constantScalar } from '../lib/quantised.ts';
import { listParams } from '../lib/strided.ts';

/** Parameters of the rule. */
function resultOf(attributes: OpAttributes['QLinearReduce'], plan: ReductionPlan): Readonly<Record<string, number>> {
  if (plan.rule === 'fixed') {
    return { ...resultParams(attributes, plan.multipliers, plan.added), subtracted: plan.subtracted };
  }
  const [lowest, highest] = attributes.range;
  return { multiplier: floatBits(plan.multiplier), added: floatBits(plan.added), zero: 0, lowest, highest };
}

export const qLinearReduce: KernelDefinition<'QLinearReduce'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const { inputs, outputs, attributes } = context.node;
      const [x, y] = [required(context, 0), result(context)];
      const axes = axesOrAll(attributes.axes, x.shape.length);
      const dims = stridedDims(x.shape, stridesOf(x.shape));
      const kept = collapse(dims.filter((_, axis) => !axes.includes(axis)));
      const folded = collapse(dims.filter((_, axis) => axes.includes(axis)));
      const terms = product(folded.map(({ extent }) => extent));
      const plan = reductionPlan(attributes.kind, attributes.rounding, {
        scales: [constantScalar(context, 1), constantScalar(context, 3)],
        zeroPoints: [constantScalar(context, 2), constantScalar(context, 4)],
        count: terms,
      });
      const lists = { d: kept.map(({ extent }) => extent), e: folded.map(({ extent }) => extent) };
      const strides = { s: kept.map((d) => d.strides[0] ?? 0), f: folded.map((d) => d.strides[0] ?? 0) };
      return {
        shader: qLinearReduceShader({
          rule: plan.rule === 'float' ? 'float' : plan.multipliers.rule,
          kept: kept.length,
          folded: folded.length,
          x: x.storage,
          y: y.storage,
        }),
        operands: [value(inputs[0]), value(outputs[0])],
        params: {
          ...resultOf(attributes, plan),
          last: Math.max(1, elementCount(y.shape)) - 1,
          terms,
          ...Object.assign(
            {},
            ...Object.entries({ ...lists, ...strides }).map(([name, list]) => listParams(name, list)),
          ),
        },
      };
    }),
  ],
  inputs: [BYTES, SCALE],
  outputs: BYTES_OR_MORE,
};
