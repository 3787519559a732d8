/** Softmax as a call of a WASM kernel. */
import { normalizeAxes } from '../../core/broadcast.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { foldedWalk } from '../lib/folded.ts';

/** Elements of a unit, about. */
const CHUNK = 4096;

/** Over axes that are one: neighbours. */
export function softmax(context: SimdContext<'Softmax'>): readonly SimdCall[] | undefined {
  const { axes, log } = context.node.attributes;
  const shape = context.inputs[0]?.shape ?? [];
  const walk = foldedWalk(shape, normalizeAxes(axes, shape.length));
  if (!walk || walk.folded.extents[0] > 1) return undefined;
  const [, folded] = walk.folded.extents;
  const [outer, kept] = walk.kept.extents;
  // Four columns are computed at once.
  const block = Math.min(kept, 4 * ceilDiv(CHUNK, folded * 4));
  return [
    {
      kernel: 'normalise/softmax',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [log ? 1 : 0, folded, walk.folded.strides[1], kept, ...walk.kept.strides, block],
      units: outer * ceilDiv(kept, block),
    },
  ];
}
