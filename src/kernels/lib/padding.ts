/** Padded dimensions as kernels see them: as few as the pads allow. */
import { at, product, stridesOf } from '../../util/arrays.ts';
import { required, type LowerContext } from '../definition.ts';
import { requiredInts } from './constants.ts';
import { listParams } from './strided.ts';

/** A dimension, and what is added at both ends. */
export interface PaddedDim {
  readonly extent: number;
  readonly begin: number;
  readonly end: number;
}

/** True where nothing is added. */
export const unpadded = ({ begin, end }: PaddedDim): boolean => begin === 0 && end === 0;

/**
 * An unpadded dimension merges into an unpadded one before it; with a constant, into any: padding rows of n elements
 * by b rows is padding elements by b·n.
 */
export function mergedDims(context: LowerContext<'Pad'>): PaddedDim[] {
  const { shape } = required(context, 0);
  const pads = requiredInts(context, 1);
  const constant = context.node.attributes.mode === 'constant';
  const out: PaddedDim[] = [];
  shape.forEach((extent, axis) => {
    const dim = { extent, begin: at(pads, axis), end: at(pads, axis + shape.length) };
    const outer = out.at(-1);
    if (outer && unpadded(dim) && (constant || unpadded(outer))) {
      out[out.length - 1] = { extent: outer.extent * extent, begin: outer.begin * extent, end: outer.end * extent };
    } else if (extent !== 1 || !unpadded(dim)) out.push(dim);
  });
  return out.length > 0 ? out : [{ extent: 1, begin: 0, end: 0 }];
}

/** What both kernels know of the dimensions, and how many elements the result has. */
export function padParams(dims: readonly PaddedDim[]): Readonly<Record<string, number>> & { readonly count: number } {
  const extents = dims.map((d) => d.extent);
  const padded = dims.map((d) => d.extent + d.begin + d.end);
  return {
    count: product(padded),
    ...listParams('d', padded),
    ...listParams('e', extents),
    ...listParams(
      'b',
      dims.map((d) => d.begin),
    ),
    ...listParams('s', stridesOf(extents)),
  };
}
