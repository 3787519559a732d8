/** Pad → one dispatch, over as few dimensions as the pads allow. */
import { PAD_WORKGROUP, padShader } from '../../../shaders/move/pad.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage } from '../../core/storage.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import { requiredInts } from '../lib/constants.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type Dispatched,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { listParams } from '../lib/strided.ts';

/** A dimension, and what is added at both ends. */
export interface PaddedDim {
  readonly extent: number;
  readonly begin: number;
  readonly end: number;
}

const unpadded = ({ begin, end }: PaddedDim): boolean => begin === 0 && end === 0;

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

/** The dimensions in vectors of four along the innermost, or nothing where they do not divide. */
function quartered(dims: readonly PaddedDim[], constant: boolean): PaddedDim[] | undefined {
  const inner = at(dims, dims.length - 1);
  const fits = [inner.extent, inner.begin, inner.end].every((n) => n % 4 === 0) && (constant || unpadded(inner));
  if (!fits) return undefined;
  return [...dims.slice(0, -1), { extent: inner.extent / 4, begin: inner.begin / 4, end: inner.end / 4 }];
}

const padVariant = (name: string, width: 1 | 4): Variant<'Pad'> =>
  variant(
    name,
    (context) => {
      const dims = mergedDims(context);
      return width === 1 ? dims : quartered(dims, context.node.attributes.mode === 'constant');
    },
    ({ node, device }, dims) => {
      const params = padParams(dims);
      if (params.count === 0) return [];
      const fill = node.inputs[2];
      return [
        {
          shader: padShader({ rank: dims.length, mode: node.attributes.mode, width, hasFill: Boolean(fill) }),
          operands: [value(node.inputs[0]), ...(fill ? [value(fill)] : []), value(node.outputs[0])],
          params,
          workgroups: dispatch1d(params.count, PAD_WORKGROUP, device),
        },
      ];
    },
  );

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

const words: Dispatched<'Pad'> = {
  kind: 'dispatch',
  variants: [padVariant('vec4', 4), padVariant('scalar', 1)],
  inputs: [{ storage: ['i8x4', 'u8x4'] }, {}],
  outputs: { storage: ['i8x4', 'u8x4'] },
};

export const pad: KernelDefinition<'Pad'> = withLazyVariant(words, {
  name: 'bytes',
  needs: (_, [x]) => x !== undefined && packedStorage(x.dtype) !== undefined,
  calls: lazy(() => import('./pad-bytes.ts'), 'padBytesCalls'),
});
