/** Transposed convolution as one matrix product, of pixels and the whole kernel, whose parts are added up where they meet. */
import { convTransposedFoldShader, TRANSPOSED_FOLD_WORKGROUP } from '../../../shaders/conv/transposed-fold.ts';
import { hostArray } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { largestBinding } from '../../core/limits.ts';
import { bytesOf } from '../../core/storage.ts';
import type { Tensor } from '../../core/tensor.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { required, value, type CallOperand } from '../definition.ts';
import { bareEpilogue } from '../product/bare.ts';
import type { Product } from '../product/product.ts';
import { preferredProducts, productVariants } from '../product/variants.ts';
import type { TransposedCall } from './transposed-phases.ts';
import { transposedPlan, type TransposedContext, type TransposedPlan } from './transposed-plan.ts';

/** Extents of the product. */
export interface FoldExtents {
  /** Input pixels of all images. */
  readonly pixels: number;
  readonly taps: number;
  /** Vectors of four output channels. */
  readonly quads: number;
  readonly columns: number;
}

/** The extents of the product of a plan. */
export function foldExtents({ axes, batch, outC }: TransposedPlan): FoldExtents {
  const taps = product(axes.map(({ kernel }) => kernel));
  const quads = ceilDiv(outC, 4);
  return { pixels: batch * product(axes.map(({ input }) => input)), taps, quads, columns: taps * quads * 4 };
}

/** The weights of every constant, in the order of the product. */
const matrices = new WeakMap<Tensor, Tensor>();

/** `[…K, C, M]` → `[C, K, M]`, M rounded up to whole vectors with zeros. */
function matrixOf(w: Tensor, { taps, quads, columns }: FoldExtents): Tensor {
  const known = matrices.get(w);
  if (known) return known;
  const [inC, outC] = [at(w.shape, w.shape.length - 2), at(w.shape, w.shape.length - 1)];
  const made = lazyTensor(w.dtype, [inC, columns], () => {
    const data = hostArray(w.dtype, inC * columns);
    for (let row = 0; row < taps * inC; row++) {
      const [tap, c] = [Math.floor(row / inC), row % inC];
      data.set(w.data.subarray(row * outC, (row + 1) * outC), (c * taps + tap) * quads * 4);
    }
    return data;
  });
  matrices.set(w, made);
  return made;
}

/** The product. Nothing of groups, weights that a run makes, and results that no buffer holds. */
function foldProduct(context: TransposedContext): Product | undefined {
  const plan = transposedPlan(context);
  const source = context.constant(context.node.inputs[1] ?? '');
  if (!plan || !source || plan.group !== 1) return undefined;
  const extents = foldExtents(plan);
  const { pixels, columns } = extents;
  const elements = pixels * columns;
  if (elements === 0 || plan.groupIn === 0 || bytesOf('f32', elements) > largestBinding(context.device))
    return undefined;
  const matrix = matrixOf(source, extents);
  return {
    rows: pixels,
    depth: plan.groupIn,
    columns,
    transA: false,
    transB: false,
    batch: [],
    a: value(context.node.inputs[0]),
    aPlacement: required(context, 0).placement,
    aType: plan.xType,
    b: { kind: 'constant', tensor: matrix, storage: plan.wType },
    bType: plan.wType,
    constantB: matrix,
    epilogue: bareEpilogue(partsOf(extents), columns),
  };
}

/** What the product makes. */
function partsOf({ pixels, columns }: FoldExtents): CallOperand {
  return { kind: 'scratch', id: 'columns', elements: pixels * columns };
}

const products = productVariants<'ConvTranspose'>(foldProduct, { placed: true });

/** The dispatches: the product that suits the device, and the sums. */
export function transposedFoldCalls(context: TransposedContext): readonly TransposedCall[] | undefined {
  const plan = transposedPlan(context);
  const made = foldProduct(context);
  if (!plan || !made) return undefined;
  const { epilogue, outC, phases } = plan;
  const { x_offset: _, x_pitch: __, ...params } = plan.params;
  const extents = foldExtents(plan);
  const { taps, quads } = extents;
  const workgroups = [Math.max(1, ceilDiv(plan.pixels * quads, TRANSPOSED_FOLD_WORKGROUP)), 1, phases] as const;
  if (workgroups[0] > context.device.limits.maxComputeWorkgroupsPerDimension) return undefined;
  for (const name of preferredProducts(made, context.device)) {
    const calls = products.find((variant) => variant.name === name)?.tryLower(context);
    if (!calls) continue;
    const outVector = epilogue.vector && outC % 4 === 0 ? 4 : 1;
    return [
      ...calls,
      {
        shader: convTransposedFoldShader({ outVector, ...epilogue.spec }),
        operands: [partsOf(extents), ...epilogue.operands],
        params: { ...params, taps, quads, out_c: outC, ...epilogue.params },
        workgroups,
      },
    ];
  }
  return undefined;
}
