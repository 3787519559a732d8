/** Where → one dispatch over three broadcast operands. */
import { WHERE_OPERANDS, WHERE_WORKGROUP, whereShader } from '../../../shaders/elementwise/where.ts';
import { range } from '../../util/arrays.ts';
import { planBroadcast } from '../lib/broadcast.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type Variant,
} from '../definition.ts';

const whereVariant = (name: string, width: 1 | 4): Variant<'Where'> =>
  variant(
    name,
    (context) => {
      const operands = range(3).map((i) => ({ shape: required(context, i).shape }));
      return planBroadcast({ shape: result(context).shape }, operands, WHERE_OPERANDS, width);
    },
    ({ node, device }, { spec, count, params }) =>
      count === 0
        ? []
        : [
            {
              shader: whereShader(spec),
              operands: [...range(3).map((i) => value(node.inputs[i])), value(node.outputs[0])],
              params,
              workgroups: dispatch1d(count, WHERE_WORKGROUP, device),
            },
          ],
  );

export const where: KernelDefinition<'Where'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [whereVariant('vec4', 4), whereVariant('scalar', 1)],
};
