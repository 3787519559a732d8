/** Variants of operators that map one dense tensor to another of the same shape. */
import type { ShaderModule } from '../../shaders/lib/module.ts';
import { elementCount } from '../core/tensor.ts';
import type { OpKind } from '../ir/ops.ts';
import { dispatch1d, result, value, variant, type LowerContext, type Variant } from './definition.ts';

/**
 * `vec4`, where the elements come in fours, and `scalar`. The shader takes x and y, a parameter `count`, and runs
 * `workgroup` invocations per workgroup, one per element or vector.
 */
export function elementwiseVariants<K extends OpKind>(
  workgroup: number,
  shaderFor: (context: LowerContext<K>, width: 1 | 4) => ShaderModule,
): readonly Variant<K>[] {
  const make = (name: string, width: 1 | 4): Variant<K> =>
    variant(
      name,
      (context) => {
        const count = elementCount(result(context).shape);
        return count % width === 0 ? count / width : undefined;
      },
      (context, count) => {
        if (count === 0) return [];
        const { node, device } = context;
        return [
          {
            shader: shaderFor(context, width),
            operands: [value(node.inputs[0]), value(node.outputs[0])],
            params: { count },
            workgroups: dispatch1d(count, workgroup, device),
          },
        ];
      },
    );
  return [make('vec4', 4), make('scalar', 1)];
}
