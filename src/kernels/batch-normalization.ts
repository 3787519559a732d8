/** BatchNormalization → one elementwise dispatch. Those after a convolution are folded into it before they get here. */
import { BATCH_NORMALIZATION_WORKGROUP, batchNormalizationShader } from '../../shaders/batch-normalization.ts';
import { normalizeAxis } from '../core/broadcast.ts';
import { elementCount } from '../core/tensor.ts';
import { at, product } from '../util/arrays.ts';
import { activationParams } from './activation.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from './definition.ts';

interface Walk {
  readonly inner: number;
  readonly channels: number;
}

function walkOf(context: LowerContext<'BatchNormalization'>): Walk {
  const { shape } = required(context, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  return { inner: product(shape.slice(axis + 1)), channels: at(shape, axis) };
}

function call(
  context: LowerContext<'BatchNormalization'>,
  { inner, channels }: Walk,
  width: 1 | 4,
): Omit<KernelCall, 'variant'> {
  const { node, device } = context;
  const { activation, epsilon } = node.attributes;
  const count = elementCount(required(context, 0).shape) / width;
  return {
    shader: batchNormalizationShader({ width, activation: activation.kind }),
    operands: [...node.inputs.slice(0, 5), at(node.outputs, 0)].map(value),
    params: { count, inner, channels: channels / width, epsilon, ...activationParams(activation) },
    workgroups: dispatch1d(count, BATCH_NORMALIZATION_WORKGROUP, device),
  };
}

export const batchNormalization: KernelDefinition<'BatchNormalization'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'vec4',
      (context) => {
        const walk = walkOf(context);
        return walk.inner === 1 && walk.channels % 4 === 0 ? walk : undefined;
      },
      (context, walk) => [call(context, walk, 4)],
    ),
    variant('scalar', walkOf, (context, walk) => [call(context, walk, 1)]),
  ],
};
