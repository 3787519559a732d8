/** Reduce as a call of a WASM kernel. */
import { axesOrAll } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import type { ReduceKind } from '../../ir/ops.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { foldedWalk } from '../lib/folded.ts';

/** As `assembly/reduce.ts` has them. */
const KINDS: { readonly [K in ReduceKind]: number } = {
  sum: 0,
  mean: 1,
  max: 2,
  min: 3,
  prod: 4,
  l1: 5,
  l2: 6,
  sumSquare: 7,
  logSumExp: 8,
};

/** Elements of a unit, about. */
const CHUNK = 8192;

/** Floats, over dimensions that are no more than two apart. */
export function reduce(context: SimdContext<'Reduce'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x || !isFloat(x.dtype) || x.shape.includes(0)) return undefined;
  const { kind, axes } = context.node.attributes;
  const walk = foldedWalk(x.shape, axesOrAll(axes, x.shape.length));
  if (!walk) return undefined;
  const [folded0, folded1] = walk.folded.extents;
  const [kept0, kept1] = walk.kept.extents;
  // Four columns are computed at once.
  const block = Math.min(kept1, 4 * ceilDiv(CHUNK, folded0 * folded1 * 4));
  return [
    {
      kernel: 'reduce/reduce',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [
        KINDS[kind],
        ...walk.folded.extents,
        ...walk.folded.strides,
        ...walk.kept.extents,
        ...walk.kept.strides,
        block,
      ],
      units: kept0 * ceilDiv(kept1, block),
    },
  ];
}
