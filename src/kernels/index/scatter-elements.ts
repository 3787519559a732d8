/** ScatterElements → a copy of x and one dispatch that writes over it, or three that write all updates at once. */
import { SCATTER_WORKGROUP, scatterElementsShader } from '../../../shaders/index/scatter-elements.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import type { StridedDim } from '../../core/strided.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  variant,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { besideAxis, type BesideAxis } from '../lib/beside-axis.ts';
import { claimCalls, copied, joinedBy, preferredScatter, scatterOperands } from '../lib/scatter.ts';
import { listParams } from '../lib/strided.ts';

type Context = LowerContext<'ScatterElements'>;

interface Walk extends BesideAxis {
  readonly updates: number;
  /** Elements of x along the axis. */
  readonly extent: number;
}

/** The updates; strides are those of the indices, then those of x. */
function walkOf(context: Context): Walk {
  const [x, indices] = [required(context, 0).shape, required(context, 1).shape];
  const axis = normalizeAxis(context.node.attributes.axis, x.length);
  const dims = besideAxis(indices, axis, stridesOf(indices), stridesOf(x));
  return { ...dims, updates: elementCount(indices), extent: at(x, axis) };
}

const extents = (dims: readonly StridedDim[]): Record<string, number> =>
  listParams(
    'd',
    dims.map(({ extent }) => extent),
  );
const stridesIn = (name: string, side: 0 | 1, dims: readonly StridedDim[]): Record<string, number> =>
  listParams(
    name,
    dims.map(({ strides }) => at(strides, side)),
  );

export const scatterElements: KernelDefinition<'ScatterElements'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  overwrites: () => [0],
  preferred: (context) => {
    const { updates, along } = walkOf(context);
    return preferredScatter(context, updates / Math.max(1, along.extent), along.extent);
  },
  variants: [
    variant(
      'claims',
      (context) => (context.node.attributes.reduction === 'none' ? walkOf(context) : undefined),
      (context, { before, along, after, updates, extent }) => {
        const dims = [...before, along, ...after];
        return claimCalls(context, {
          target: { kind: 'elements', rank: dims.length, axis: before.length },
          count: updates,
          places: elementCount(required(context, 0).shape),
          inner: 1,
          params: { extent, ...extents(dims), ...stridesIn('t', 1, dims) },
        });
      },
    ),
    variant('ordered', walkOf, (context, { before, along, after, updates, extent }) => {
      if (updates === 0) return copied(context);
      const dims = [...before, ...after];
      const lines = updates / along.extent;
      const [step, stride] = [at(along.strides, 0), at(along.strides, 1)];
      return [
        ...copied(context),
        {
          shader: scatterElementsShader({
            rank: dims.length,
            counted: context.inputs[3] !== undefined,
            joined: joinedBy(context),
          }),
          operands: scatterOperands(context),
          params: {
            lines,
            length: along.extent,
            step,
            extent,
            stride,
            ...extents(dims),
            ...stridesIn('s', 0, dims),
            ...stridesIn('t', 1, dims),
          },
          workgroups: dispatch1d(lines, SCATTER_WORKGROUP, context.device),
        },
      ];
    }),
  ],
};
