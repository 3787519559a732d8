/** Variants of operators that map one tensor to another of the same shape, element by element. */
import { wordOf } from '../../core/storage.ts';
import type { ElementwiseSpec } from '../../../shaders/lib/elementwise.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { channelsOf, hasPackedChannels, isDense, isVectorised } from '../../core/placement.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type LowerContext,
  type Variant,
} from '../definition.ts';

/** An elementwise kernel over x (input 0) and y: its structure, its invocations, their parameters. */
export interface ElementwisePlan {
  readonly spec: ElementwiseSpec;
  readonly count: number;
  /** Values for `elementwiseFields`. */
  readonly params: Readonly<Record<string, number>>;
}

/** Plans one element, or four, per invocation; nothing where the elements do not come in fours, or rows are scattered. */
export function planElementwise<K extends OpKind>(context: LowerContext<K>, width: 1 | 4): ElementwisePlan | undefined {
  const [from, to] = [required(context, 0), result(context)];
  const { shape } = to;
  const [x, y] = [from.placement, to.placement];
  const pitched = !isDense(x, shape) || !isDense(y, shape);
  const fits = pitched ? isVectorised(x, shape) && isVectorised(y, shape) : elementCount(shape) % 4 === 0;
  if (width === 4 && !fits) return undefined;
  if (!hasPackedChannels(x, shape) || !hasPackedChannels(y, shape)) return undefined;
  const count = elementCount(shape) / width;
  const rows = {
    row: channelsOf(shape) / width,
    x_offset: x.offset / width,
    x_pitch: x.pitch / width,
    y_offset: y.offset / width,
    y_pitch: y.pitch / width,
  };
  return {
    spec: {
      width,
      pitched,
      inPlace: context.shares(0, 0),
      xType: wordOf(from.storage),
      yType: wordOf(to.storage),
    },
    count,
    params: { count, ...(pitched ? rows : {}) },
  };
}

/** x where it is read from a buffer of its own, `others`, y. */
export function elementwiseOperands<K extends OpKind>(
  { node }: LowerContext<K>,
  { spec }: ElementwisePlan,
  others: readonly (string | undefined)[] = [],
): CallOperand[] {
  return [...(spec.inPlace ? [] : [node.inputs[0]]), ...others, node.outputs[0]].map(value);
}

/** Shader and parameters of an elementwise kernel, once its operands are planned. */
export interface ElementwiseKernel {
  readonly shader: ShaderModule;
  readonly params?: Readonly<Record<string, number>>;
}

/**
 * `vec4`, where the elements come in fours, and `scalar`. The shader binds x and y as `elementwiseBindings` says, and
 * runs `workgroup` invocations per workgroup, one per element or vector; `params` are those beside `elementwiseFields`.
 */
export function elementwiseVariants<K extends OpKind>(
  workgroup: number,
  kernelFor: (context: LowerContext<K>, spec: ElementwiseSpec) => ElementwiseKernel,
): readonly Variant<K>[] {
  const make = (name: string, width: 1 | 4): Variant<K> =>
    variant(
      name,
      (context) => planElementwise(context, width),
      (context, plan) => {
        if (plan.count === 0) return [];
        const { shader, params } = kernelFor(context, plan.spec);
        return [
          {
            shader,
            operands: elementwiseOperands(context, plan),
            params: { ...plan.params, ...params },
            workgroups: dispatch1d(plan.count, workgroup, context.device),
          },
        ];
      },
      { placed: true },
    );
  return [make('vec4', 4), make('scalar', 1)];
}

/** What elementwise kernels take; operands beside x are dense and in their own words. */
export const ELEMENTWISE_TRAITS = {
  inputs: [{ storage: ['f16'], lies: 'rows' }, {}],
  outputs: { storage: ['f16'], lies: 'rows' },
  overwrites: () => [0],
} as const;
