/** Pad → one dispatch, over as few dimensions as the pads allow. */
import { PAD_WORKGROUP, padShader } from '../../../shaders/move/pad.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import { requiredInts } from '../lib/constants.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { listParams } from '../lib/strided.ts';

interface PaddedDim {
  readonly extent: number;
  readonly begin: number;
  readonly end: number;
}

const unpadded = ({ begin, end }: PaddedDim): boolean => begin === 0 && end === 0;

/**
 * An unpadded dimension merges into an unpadded one before it; with a constant, into any: padding rows of n elements
 * by b rows is padding elements by b·n.
 */
function mergedDims(context: LowerContext<'Pad'>): PaddedDim[] {
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
      const extents = dims.map((d) => d.extent);
      const padded = dims.map((d) => d.extent + d.begin + d.end);
      const begins = dims.map((d) => d.begin);
      const count = product(padded);
      if (count === 0) return [];
      const fill = node.inputs[2];
      return [
        {
          shader: padShader({ rank: dims.length, mode: node.attributes.mode, width, hasFill: Boolean(fill) }),
          operands: [value(node.inputs[0]), ...(fill ? [value(fill)] : []), value(node.outputs[0])],
          params: {
            count,
            ...listParams('d', padded),
            ...listParams('e', extents),
            ...listParams('b', begins),
            ...listParams('s', stridesOf(extents)),
          },
          workgroups: dispatch1d(count, PAD_WORKGROUP, device),
        },
      ];
    },
  );

export const pad: KernelDefinition<'Pad'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [padVariant('vec4', 4), padVariant('scalar', 1)],
};
