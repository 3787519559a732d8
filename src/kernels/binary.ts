/** Binary → one dispatch; the broadcast plan chooses how operands are addressed. */
import { BINARY_WORKGROUP, binaryShader } from '../../shaders/binary.ts';
import { wgslScalar } from '../core/dtype.ts';
import { activationParams } from './activation.ts';
import { planBroadcast, type BroadcastPlan } from './broadcast.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from './definition.ts';

const planWith =
  (width: 1 | 4) =>
  (context: LowerContext<'Binary'>): BroadcastPlan | undefined =>
    planBroadcast(result(context).shape, [required(context, 0).shape, required(context, 1).shape], ['a', 'b'], width);

const binaryVariant = (name: string, width: 1 | 4): Variant<'Binary'> =>
  variant(name, planWith(width), (context, { spec, count, params }) => {
    const { node, device } = context;
    const { kind, activation } = node.attributes;
    if (count === 0) return [];
    const type = wgslScalar(required(context, 0).dtype);
    const exponent = wgslScalar(required(context, 1).dtype);
    return [
      {
        shader: binaryShader({
          kind,
          type,
          exponent,
          result: result(context).dtype,
          activation: activation.kind,
          broadcast: spec,
        }),
        operands: [value(node.inputs[0]), value(node.inputs[1]), value(node.outputs[0])],
        params: { ...params, ...(activation.kind === 'none' ? {} : activationParams(activation)) },
        workgroups: dispatch1d(count, BINARY_WORKGROUP, device),
      },
    ];
  });

export const binary: KernelDefinition<'Binary'> = {
  kind: 'dispatch',
  variants: [binaryVariant('vec4', 4), binaryVariant('scalar', 1)],
};
