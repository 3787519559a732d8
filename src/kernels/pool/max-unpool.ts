/** MaxUnpool → three dispatches: zeros, which element goes where, the elements. */
import {
  MAX_UNPOOL_WORKGROUP,
  unpoolClearShader,
  unpoolGatherShader,
  unpoolScatterShader,
} from '../../../shaders/pool/max-unpool.ts';
import { elementCount } from '../../core/tensor.ts';
import { unpoolExtents } from '../../ir/shapes/max-unpool.ts';
import { at, product } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { givenInts } from '../lib/constants.ts';

function callsOf(context: LowerContext<'MaxUnpool'>): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const [x, y] = [required(context, 0).shape, result(context).shape];
  const [from, to] = [elementCount(x), elementCount(y)];
  if (to === 0) return [];
  const { counted } = unpoolExtents(node.attributes, x, givenInts(context, 2));
  const walk = { pixels: product(x.slice(1, -1)), channels: at(x, x.length - 1) };
  const output = value(node.outputs[0]);
  const over = (count: number) => dispatch1d(count, MAX_UNPOOL_WORKGROUP, device);
  const clear = { shader: unpoolClearShader(), operands: [output], params: { count: to }, workgroups: over(to) };
  if (from === 0 || product(counted) === 0) return [clear];
  const extents = { ...volume('counted', counted), ...volume('out', y.slice(1, -1)) };
  return [
    clear,
    {
      shader: unpoolScatterShader(),
      operands: [value(node.inputs[1]), output],
      params: { count: from, images: at(y, 0), ...walk, ...extents },
      workgroups: over(from),
    },
    {
      shader: unpoolGatherShader(),
      operands: [value(node.inputs[0]), output],
      params: { count: to, ...walk },
      workgroups: over(to),
    },
  ];
}

/** Three extents, 1 where there is no dimension; never 0, by which is divided. */
function volume(name: string, extents: readonly number[]): Record<string, number> {
  const [w = 1, h = 1, d = 1] = [...extents].reverse();
  return { [`${name}_d`]: Math.max(1, d), [`${name}_h`]: Math.max(1, h), [`${name}_w`]: Math.max(1, w) };
}

export const maxUnpool: KernelDefinition<'MaxUnpool'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scatter',
      (context) => context,
      (context) => callsOf(context),
    ),
  ],
};
