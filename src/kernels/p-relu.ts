/** PRelu → one elementwise dispatch. */
import { P_RELU_WORKGROUP, pReluShader } from '../../shaders/p-relu.ts';
import { broadcastStrides } from '../core/broadcast.ts';
import { isFloat } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { at, product, stridesOf } from '../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from './definition.ts';
import { collapse, listParams, stridedDims, type StridedDim } from './strided.ts';

type Context = LowerContext<'PRelu'>;

/** The walk over x; strides of x, then of the slope. */
function dimsOf(context: Context): StridedDim[] {
  const { node } = context;
  const { dtype, shape } = required(context, 0);
  if (!isFloat(dtype)) throw new PlanError(`there is no WebGPU kernel for ${dtype}`, { node: node.name, op: node.op });
  return collapse(stridedDims(shape, stridesOf(shape), broadcastStrides(required(context, 1).shape, shape)));
}

/** The same walk in vectors of four, where both operands can be read so. */
function vectors(dims: readonly StridedDim[]): StridedDim[] | undefined {
  const inner = at(dims, dims.length - 1);
  const outer = dims.slice(0, -1);
  const aligned = outer.every((d) => at(d.strides, 1) % 4 === 0);
  if (at(inner.strides, 1) !== 1 || inner.extent % 4 !== 0 || !aligned) return undefined;
  return [
    ...outer.map((d) => ({ extent: d.extent, strides: d.strides.map((s) => s / 4) })),
    { extent: inner.extent / 4, strides: inner.strides },
  ];
}

function call({ node, device }: Context, dims: readonly StridedDim[], width: 1 | 4): Omit<KernelCall, 'variant'> {
  const extents = dims.map((d) => d.extent);
  const count = product(extents);
  return {
    shader: pReluShader({ rank: dims.length, width }),
    operands: [value(node.inputs[0]), value(node.inputs[1]), value(node.outputs[0])],
    params: {
      count,
      ...listParams('d', extents),
      ...listParams(
        't',
        dims.map((d) => at(d.strides, 1)),
      ),
    },
    workgroups: dispatch1d(count, P_RELU_WORKGROUP, device),
  };
}

export const pRelu: KernelDefinition<'PRelu'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'vec4',
      (context) => vectors(dimsOf(context)),
      (context, dims) => [call(context, dims, 4)],
    ),
    variant('scalar', dimsOf, (context, dims) => [call(context, dims, 1)]),
  ],
};
