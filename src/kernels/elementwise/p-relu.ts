/** PRelu → one elementwise dispatch. */
import { P_RELU_OPERANDS, P_RELU_WORKGROUP, pReluShader } from '../../../shaders/elementwise/p-relu.ts';
import { isFloat, storedFloat } from '../../core/dtype.ts';
import { PlanError } from '../../core/errors.ts';
import { planBroadcast, type BroadcastPlan } from '../lib/broadcast.ts';
import {
  dispatch1d,
  inputPlacement,
  outputPlacement,
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';

type Context = LowerContext<'PRelu'>;

const planWith =
  (width: 1 | 4) =>
  (context: Context): BroadcastPlan | undefined => {
    const { node } = context;
    const { dtype, shape } = required(context, 0);
    if (!isFloat(dtype)) {
      throw new PlanError(`there is no WebGPU kernel for ${dtype}`, { node: node.name, op: node.op });
    }
    const x = { shape, placement: inputPlacement(context, 0) };
    const y = { shape, placement: outputPlacement(context) };
    return planBroadcast(y, [x, { shape: required(context, 1).shape }], P_RELU_OPERANDS, width);
  };

const pReluVariant = (name: string, width: 1 | 4): Variant<'PRelu'> =>
  variant(
    name,
    planWith(width),
    (context, { spec, count, params }) => {
      if (count === 0) return [];
      const { node, device } = context;
      const inPlace = context.shares(0, 0);
      const [x, slope, y] = [required(context, 0), required(context, 1), result(context)];
      return [
        {
          shader: pReluShader({
            broadcast: spec,
            stored: [storedFloat(x.dtype), storedFloat(slope.dtype), storedFloat(y.dtype)],
            inPlace,
          }),
          operands: [...(inPlace ? [] : [node.inputs[0]]), node.inputs[1], node.outputs[0]].map(value),
          params,
          workgroups: dispatch1d(count, P_RELU_WORKGROUP, device),
        },
      ];
    },
    { placed: true },
  );

export const pRelu: KernelDefinition<'PRelu'> = {
  kind: 'dispatch',
  variants: [pReluVariant('vec4', 4), pReluVariant('scalar', 1)],
  placed: { inputs: [0], outputs: 'packed' },
  half: [0],
  inPlace: () => [0],
};
