/** Softmax → one dispatch: a workgroup per slice where slices are few and long, an invocation per slice otherwise. */
import { SOFTMAX_WORKGROUP, softmaxShader } from '../../../shaders/normalise/softmax.ts';
import { normalizeAxes } from '../../core/broadcast.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { at, product, range, stridesOf } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { listParams } from '../lib/strided.ts';

interface Slices {
  readonly kept: readonly StridedDim[];
  readonly folded: readonly StridedDim[];
}

const extents = (dims: readonly StridedDim[]): number[] => dims.map((d) => d.extent);
const strides = (dims: readonly StridedDim[]): number[] => dims.map((d) => d.strides[0] ?? 0);

function slicesOf(context: LowerContext<'Softmax'>): Slices {
  const { shape } = required(context, 0);
  const axes = normalizeAxes(context.node.attributes.axes, shape.length);
  const dense = stridesOf(shape);
  const dims = (chosen: readonly number[]): StridedDim[] =>
    collapse(
      stridedDims(
        chosen.map((axis) => at(shape, axis)),
        chosen.map((axis) => at(dense, axis)),
      ),
    );
  return { kept: dims(range(shape.length).filter((axis) => !axes.includes(axis))), folded: dims(axes) };
}

function call(
  { node, device }: LowerContext<'Softmax'>,
  { kept, folded }: Slices,
  lanes: 1 | typeof SOFTMAX_WORKGROUP,
): Omit<KernelCall, 'variant'> {
  const slices = product(extents(kept));
  return {
    shader: softmaxShader({
      keptRank: kept.length,
      foldRank: folded.length,
      log: node.attributes.log,
      lanes,
    }),
    operands: [value(node.inputs[0]), value(node.outputs[0])],
    params: {
      slices,
      length: product(extents(folded)),
      lowest: -Infinity,
      ...listParams('d', extents(kept)),
      ...listParams('s', strides(kept)),
      ...listParams('e', extents(folded)),
      ...listParams('f', strides(folded)),
    },
    workgroups: dispatch1d(slices, SOFTMAX_WORKGROUP / lanes, device),
  };
}

/** Slices shorter than this do not keep a workgroup busy. */
const SHARED_FROM = 2 * SOFTMAX_WORKGROUP;

export const softmax: KernelDefinition<'Softmax'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'shared',
      (context) => {
        const slices = slicesOf(context);
        return product(extents(slices.folded)) >= SHARED_FROM ? slices : undefined;
      },
      (context, slices) => [call(context, slices, SOFTMAX_WORKGROUP)],
    ),
    variant('alone', slicesOf, (context, slices) => [call(context, slices, 1)]),
  ],
};
