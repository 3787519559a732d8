/** BatchNormalization → one elementwise dispatch. Those after a convolution are folded into it before they get here. */
import {
  BATCH_NORMALIZATION_WORKGROUP,
  batchNormalizationShader,
} from '../../../shaders/normalise/batch-normalization.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { at, product } from '../../util/arrays.ts';
import { activationParams } from '../lib/activation.ts';
import {
  dispatch1d,
  required,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { ELEMENTWISE_TRAITS, elementwiseOperands, planElementwise, type ElementwisePlan } from '../lib/elementwise.ts';

type Context = LowerContext<'BatchNormalization'>;

interface Walk {
  readonly inner: number;
  readonly channels: number;
}

function walkOf(context: Context): Walk {
  const { shape } = required(context, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  return { inner: product(shape.slice(axis + 1)), channels: at(shape, axis) };
}

/** Vectors need channels that are the last dimension and come in fours. */
function planFor(context: Context, width: 1 | 4): ElementwisePlan | undefined {
  const { inner, channels } = walkOf(context);
  const fits = width === 1 || (inner === 1 && channels % 4 === 0);
  return fits ? planElementwise(context, width) : undefined;
}

const normalize = (name: string, width: 1 | 4): Variant<'BatchNormalization'> =>
  variant(
    name,
    (context) => planFor(context, width),
    (context, plan) => {
      const { inner, channels } = walkOf(context);
      const { inputs, attributes } = context.node;
      const { activation, epsilon } = attributes;
      const statistics = { inner, channels: channels / width, epsilon };
      return [
        {
          shader: batchNormalizationShader({ operands: plan.spec, activation: activation.kind }),
          operands: elementwiseOperands(context, plan, inputs.slice(1, 5)),
          params: { ...plan.params, ...statistics, ...activationParams(activation) },
          workgroups: dispatch1d(plan.count, BATCH_NORMALIZATION_WORKGROUP, context.device),
        },
      ];
    },
    { placed: true },
  );

export const batchNormalization: KernelDefinition<'BatchNormalization'> = {
  kind: 'dispatch',
  variants: [normalize('vec4', 4), normalize('scalar', 1)],
  ...ELEMENTWISE_TRAITS,
};
