/** Split → one strided copy per part that is used. */
import { normalizeAxis } from '../core/broadcast.ts';
import { at, ceilDiv, product } from '../util/arrays.ts';
import { required, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims, type StridedCopy } from './strided.ts';

export const split: KernelDefinition<'Split'> = {
  kind: 'dispatch',
  variants: copyVariants((context): StridedCopy[] => {
    const { node } = context;
    const x = required(context, 0).shape;
    const axis = normalizeAxis(node.attributes.axis, x.length);
    const outer = product(x.slice(0, axis));
    const row = product(x.slice(axis));
    const inner = product(x.slice(axis + 1));
    const { sizes } = node.attributes;
    const equal = ceilDiv(at(x, axis), node.outputs.length);
    let start = 0;
    const copies: StridedCopy[] = [];
    node.outputs.forEach((name, i) => {
      // Without sizes the last part is what is left. An unused part has no description to take its extent from.
      const width = sizes.length > 0 ? at(sizes, i) * inner : Math.min(equal * inner, row - start);
      const dims = stridedDims([outer, width], [row, 1], [width, 1]);
      if (name !== '') copies.push({ from: value(node.inputs[0]), to: value(name), dims, start });
      start += width;
    });
    return copies;
  }),
};
