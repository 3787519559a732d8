/** ScatterND → a copy of x and one dispatch that writes over it, or three that write all slices at once. */
import { SCATTER_WORKGROUP } from '../../../shaders/index/scatter-elements.ts';
import { scatterNDShader } from '../../../shaders/index/scatter-nd.ts';
import { at, product } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  variant,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { claimCalls, copied, joinedBy, preferredScatter, scatterOperands } from '../lib/scatter.ts';
import { listParams } from '../lib/strided.ts';

interface Slices {
  /** Entries of a row of indices. */
  readonly depth: number;
  readonly rows: number;
  /** Rows of each position of the first dimension. */
  readonly each: number;
  /** Elements of a slice. */
  readonly inner: number;
  /** What rows go into. */
  readonly extents: readonly number[];
}

function slicesOf(context: LowerContext<'ScatterND'>): Slices {
  const [x, indices] = [required(context, 0).shape, required(context, 1).shape];
  const depth = at(indices, indices.length - 1);
  return {
    depth,
    rows: product(indices.slice(0, -1)),
    each: Math.max(1, product(indices.slice(1, -1))),
    inner: product(x.slice(depth)),
    extents: x.slice(0, depth),
  };
}

export const scatterND: KernelDefinition<'ScatterND'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  overwrites: () => [0],
  preferred: (context) => {
    const { inner, rows } = slicesOf(context);
    return preferredScatter(context, inner, rows);
  },
  variants: [
    variant(
      'claims',
      (context) => (context.node.attributes.reduction === 'none' ? slicesOf(context) : undefined),
      (context, { depth, rows, each, inner, extents }) =>
        claimCalls(context, {
          target: { kind: 'rows', depth },
          count: rows,
          places: product(extents),
          inner,
          params: { each, ...listParams('e', extents) },
        }),
    ),
    variant('ordered', slicesOf, (context, { depth, rows, each, inner, extents }) => {
      if (rows * inner === 0) return copied(context);
      return [
        ...copied(context),
        {
          shader: scatterNDShader({ depth, counted: context.inputs[3] !== undefined, joined: joinedBy(context) }),
          operands: scatterOperands(context),
          params: { inner, rows, each, ...listParams('e', extents) },
          workgroups: dispatch1d(inner, SCATTER_WORKGROUP, context.device),
        },
      ];
    }),
  ],
};
