/** PRelu → one elementwise dispatch. */
import { floatStorage } from '../../core/storage.ts';
import { P_RELU_OPERANDS, P_RELU_WORKGROUP, pReluShader } from '../../../shaders/elementwise/p-relu.ts';
import { FLOATS } from '../../core/dtype.ts';
import { planBroadcast, type BroadcastPlan } from '../lib/broadcast.ts';
import {
  dispatch1d,
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
    const [x, slope] = [required(context, 0), required(context, 1)];
    return planBroadcast(result(context), [x, { shape: slope.shape }], P_RELU_OPERANDS, width);
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
            stored: [floatStorage(x), floatStorage(slope), floatStorage(y)],
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
  inputs: [{ dtypes: FLOATS, storage: ['f16'], lies: 'rows' }, {}],
  outputs: { storage: ['f16'], lies: 'rows' },
  overwrites: () => [0],
};
