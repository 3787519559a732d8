/** Pad → one dispatch, over as few dimensions as the pads allow. */
import { PAD_WORKGROUP, padShader } from '../../../shaders/move/pad.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage } from '../../core/storage.ts';
import { at } from '../../util/arrays.ts';
import { dispatch1d, value, variant, type Dispatched, type KernelDefinition, type Variant } from '../definition.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { mergedDims, padParams, unpadded, type PaddedDim } from '../lib/padding.ts';

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
