/** Split: a strided copy for each part that is used. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { partSizes } from '../../ir/shapes/split.ts';
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function split(context: SimdContext<'Split'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x) return undefined;
  const { attributes, outputs } = context.node;
  const axis = normalizeAxis(attributes.axis, x.shape.length);
  const inner = product(x.shape.slice(axis + 1));
  const sizes = partSizes(at(x.shape, axis), outputs.length, attributes.sizes);
  let start = 0;
  return outputs.flatMap((name, i) => {
    const width = at(sizes, i) * inner;
    const dims = [
      { extent: product(x.shape.slice(0, axis)), strides: [at(x.shape, axis) * inner, width] },
      { extent: width, strides: [1, 1] },
    ];
    const before = start;
    start += width;
    return name === ''
      ? []
      : copyCall(x.dtype, inputOperand(context, 0), outputOperand(context, i), { dims, start: before });
  });
}
