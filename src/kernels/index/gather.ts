/** Gather → one dispatch. */
import { GATHER_WORKGROUP, gatherShader } from '../../../shaders/index/gather.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  variant,
  type Dispatched,
  type KernelDefinition,
  type Variant,
} from '../definition.ts';
import { pickedOperands } from '../lib/counted.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';

const gatherVariant = (name: string, width: 1 | 4): Variant<'Gather'> =>
  variant(
    name,
    (context) => {
      const { shape } = required(context, 0);
      const axis = normalizeAxis(context.node.attributes.axis, shape.length);
      const inner = product(shape.slice(axis + 1));
      return inner % width === 0 ? { extent: at(shape, axis), inner: inner / width } : undefined;
    },
    (context, { extent, inner }) => {
      const { node, device } = context;
      const count = elementCount(result(context).shape) / width;
      if (count === 0) return [];
      const picks = elementCount(required(context, 1).shape);
      return [
        {
          shader: gatherShader({ width, counted: context.inputs[2] !== undefined }),
          operands: pickedOperands(node),
          params: { count, extent, inner, picks },
          workgroups: dispatch1d(count, GATHER_WORKGROUP, device),
        },
      ];
    },
  );

const words: Dispatched<'Gather'> = {
  kind: 'dispatch',
  inputs: [{ storage: ['i8x4', 'u8x4'] }, {}],
  outputs: { storage: ['i8x4', 'u8x4'] },
  variants: [gatherVariant('vec4', 4), gatherVariant('scalar', 1)],
};

export const gather: KernelDefinition<'Gather'> = withLazyVariant(words, {
  name: 'bytes',
  needs: (_, [x]) => x !== undefined && packedStorage(x.dtype) !== undefined,
  calls: lazy(() => import('./gather-bytes.ts'), 'gatherBytesCalls'),
});
