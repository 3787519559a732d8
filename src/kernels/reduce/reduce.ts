/** Reduce → one dispatch: a workgroup per result where many elements fold into few results, an invocation otherwise. */
import { MEAN_TERMS } from '../../../shaders/lib/integer-mean.ts';
import { REDUCE_WORKGROUP, reduceShader } from '../../../shaders/reduce/reduce.ts';
import { axesOrAll } from '../../core/broadcast.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { wgslScalar, type DType } from '../../core/dtype.ts';
import { extremesOf } from '../../core/extremes.ts';
import type { ReduceKind } from '../../ir/ops.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { listParams } from '../lib/strided.ts';

/** Fewer elements than this per result are not worth a workgroup: two for each of its invocations. */
const TREE_TERMS = 2 * REDUCE_WORKGROUP;
/** Sums of floats of which an invocation adds more than this are added by parts: as many equal ones are off by 4e-5. */
const LONG_SUM = 4096;
/** With more results than this every invocation of a large GPU has one of its own. */
const TREE_RESULTS = 16384;

interface ReducePlan {
  readonly kept: readonly StridedDim[];
  readonly folded: readonly StridedDim[];
  readonly width: 1 | 4;
  readonly tree: boolean;
}

function dimsOf(context: LowerContext<'Reduce'>): Pick<ReducePlan, 'kept' | 'folded'> {
  const { shape } = required(context, 0);
  const { axes } = context.node.attributes;
  const chosen = axesOrAll(axes, shape.length);
  const dims = stridedDims(shape, stridesOf(shape));
  return {
    kept: collapse(dims.filter((_, axis) => !chosen.includes(axis))),
    folded: collapse(dims.filter((_, axis) => chosen.includes(axis))),
  };
}

const extentOf = (dims: readonly StridedDim[]): number => product(dims.map((d) => d.extent));
const strideOf = (dim: StridedDim): number => dim.strides[0] ?? 0;

/** Four results per invocation, where the innermost kept dimension is contiguous and all else is in fours. */
function inFours(dims: Pick<ReducePlan, 'kept' | 'folded'>): ReducePlan | undefined {
  const inner = at(dims.kept, dims.kept.length - 1);
  const others = [...dims.kept.slice(0, -1), ...dims.folded.filter((d) => d.extent !== 1)];
  const fits = inner.extent % 4 === 0 && strideOf(inner) === 1 && others.every((d) => strideOf(d) % 4 === 0);
  if (!fits) return undefined;
  const quarter = (d: StridedDim): StridedDim => ({ extent: d.extent, strides: [strideOf(d) / 4] });
  return {
    kept: [...dims.kept.slice(0, -1).map(quarter), { extent: inner.extent / 4, strides: [1] }],
    folded: dims.folded.map(quarter),
    width: 4,
    tree: false,
  };
}

/** What folding starts from; for logSumExp, what finding the largest element starts from. */
function startOf(kind: ReduceKind, dtype: DType): number {
  if (kind === 'prod') return 1;
  if (kind === 'logSumExp') return -Infinity;
  if (kind !== 'max' && kind !== 'min') return 0;
  const [low, high] = extremesOf(dtype);
  return kind === 'max' ? low : high;
}

/** The largest magnitude of the type's integers. */
function reachOf(dtype: DType): number {
  const [low, high] = extremesOf(dtype);
  return Math.max(-low, high);
}

const strideParams = (dims: readonly StridedDim[]): number[] => dims.map(strideOf);

const reduceVariant = (
  name: string,
  planFor: (context: LowerContext<'Reduce'>) => ReducePlan | undefined,
): Variant<'Reduce'> =>
  variant(name, planFor, (context, { kept, folded, width, tree }) => {
    const { node, device } = context;
    const { dtype } = required(context, 0);
    const { kind } = node.attributes;
    const count = extentOf(kept);
    if (count === 0) return [];
    const type = wgslScalar(dtype);
    const terms = extentOf(folded);
    return [
      {
        shader: reduceShader({
          kind,
          type,
          result: result(context).dtype,
          width,
          kept: kept.length,
          folded: folded.length,
          tree,
          byDigits: kind === 'mean' && type !== 'f32' && terms < MEAN_TERMS && terms * reachOf(dtype) >= 2 ** 31,
          long: type === 'f32' && terms > LONG_SUM * (tree ? REDUCE_WORKGROUP : 1),
        }),
        operands: [value(node.inputs[0]), value(node.outputs[0])],
        params: {
          count,
          terms,
          start: startOf(kind, dtype),
          ...listParams(
            'd',
            kept.map((d) => d.extent),
          ),
          ...listParams('s', strideParams(kept)),
          ...listParams(
            'e',
            folded.map((d) => d.extent),
          ),
          ...listParams('f', strideParams(folded)),
        },
        workgroups: dispatch1d(tree ? count * REDUCE_WORKGROUP : count, REDUCE_WORKGROUP, device),
      },
    ];
  });

export const reduce: KernelDefinition<'Reduce'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  isWide: () => true,
  variants: [
    reduceVariant('vec4', (context) => inFours(dimsOf(context))),
    reduceVariant('tree', (context) => {
      const dims = dimsOf(context);
      const worthwhile = extentOf(dims.folded) >= TREE_TERMS && extentOf(dims.kept) <= TREE_RESULTS;
      return worthwhile ? { ...dims, width: 1, tree: true } : undefined;
    }),
    reduceVariant('serial', (context) => ({ ...dimsOf(context), width: 1, tree: false })),
  ],
};
