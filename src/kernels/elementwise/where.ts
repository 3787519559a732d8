/** Where → one dispatch over three broadcast operands. */
import { WHERE_OPERANDS, WHERE_WORKGROUP, whereShader } from '../../../shaders/elementwise/where.ts';
import type { Shape } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
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

/** Variants that pick between two operands by a third, which comes first; `as` says how the shapes of the three are seen. */
export function choices<K extends OpKind>(as: (shapes: readonly Shape[]) => readonly Shape[]): Variant<K>[] {
  const widths = { vec4: 4, scalar: 1 } as const;
  const choice = (name: keyof typeof widths): Variant<K> =>
    variant(
      name,
      (context) => {
        const operands = as(range(3).map((i) => required(context, i).shape)).map((shape) => ({ shape }));
        return planBroadcast({ shape: result(context).shape }, operands, WHERE_OPERANDS, widths[name]);
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
  return [choice('vec4'), choice('scalar')];
}

export const where: KernelDefinition<'Where'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: choices((shapes) => shapes),
};
