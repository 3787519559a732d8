/** Strided boxes on the host: collapsing dimensions, and the copy that most data-movement operators come down to. */
import { COPY_WORKGROUP, stridedCopyShader, type CopyElement } from '../../../shaders/move/strided-copy.ts';
import { lazy } from '../../core/on-demand.ts';
import { isPacked, packedStorage, type Storage } from '../../core/storage.ts';
import { collapse, type StridedDim } from '../../core/strided.ts';
import type { OpKind } from '../../ir/ops.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type LazyPart,
  type LowerContext,
  type OperandTraits,
  type Variant,
} from '../definition.ts';

/** Values for `listFields` (shaders/lib/strided.ts); negative ones as two's complement. */
export function listParams(prefix: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((v, axis) => [prefix + axis, v >>> 0]));
}

/** A box of elements to copy from an input to an output. Each dimension has two strides: in the source, in the destination. */
export interface StridedCopy {
  readonly input: number;
  readonly output: number;
  readonly dims: readonly StridedDim[];
  readonly start?: number;
  readonly toStart?: number;
}

interface ReadyCopy extends Required<StridedCopy> {
  readonly width: 1 | 4;
}

/** One at a time: what every copy allows. */
const scalar = (copy: StridedCopy): ReadyCopy => ({ start: 0, toStart: 0, ...copy, width: 1 });

/** Four at a time, where both sides hold the innermost dimension contiguously and everything else is in fours. */
function vectorised({ dims, start = 0, toStart = 0, ...ends }: StridedCopy): ReadyCopy | undefined {
  const inner = at(dims, dims.length - 1);
  const outer = dims.slice(0, -1);
  const contiguous = inner.strides.every((s) => s === 1);
  const sizes = [inner.extent, start, toStart, ...outer.flatMap((d) => d.strides)];
  if (!contiguous || sizes.some((s) => s % 4 !== 0)) return undefined;
  const quarter = [
    ...outer.map((d) => ({ extent: d.extent, strides: d.strides.map((s) => s / 4) })),
    { extent: inner.extent / 4, strides: inner.strides },
  ];
  return { ...ends, dims: quarter, start: start / 4, toStart: toStart / 4, width: 4 };
}

/** What strided copies take of what they copy: anything, however it is stored and wherever it lies. */
export const COPIED = { storage: ['f16', 'i8x4', 'u8x4'], lies: 'channels' } as const satisfies OperandTraits;

const packed = lazy(() => import('./packed-copy.ts'), 'packedCopies');

/** What copies of narrow integers take besides. */
export const COPY_PARTS: readonly LazyPart<OpKind>[] = [
  { needs: (_, [x]) => x !== undefined && packedStorage(x.dtype) !== undefined, load: () => packed.load() },
];

/** Element types of the two sides: bits, unless exactly one of them is stored as halves. */
function elementTypes(from: Storage, to: Storage): { from: CopyElement; to: CopyElement } {
  if (from === to) return from === 'f16' ? { from, to: 'f16' } : { from: 'u32', to: 'u32' };
  if (from !== 'f16' && to !== 'f16') return { from: 'u32', to: 'u32' };
  return { from: from === 'f16' ? 'f16' : 'f32', to: to === 'f16' ? 'f16' : 'f32' };
}

/** A copy four elements at a time, where it can be made so: packed ones only as they are. */
function inFours<K extends OpKind>(context: LowerContext<K>, copy: StridedCopy): ReadyCopy | undefined {
  const [x, y] = [required(context, copy.input).storage, result(context, copy.output).storage];
  return x !== y && (isPacked(x) || isPacked(y)) ? undefined : vectorised(copy);
}

function copyCall<K extends OpKind>(context: LowerContext<K>, copy: ReadyCopy): Omit<KernelCall, 'variant'> {
  const { input, output, dims, start, toStart, width } = copy;
  const { node, device } = context;
  const extents = dims.map((d) => d.extent);
  const dense = stridesOf(extents);
  const denseOut = toStart === 0 && dims.every((d, axis) => d.extent === 1 || d.strides[1] === dense[axis]);
  const count = product(extents);
  const strides = (side: 0 | 1): number[] => dims.map((d) => at(d.strides, side));
  const within = context.together?.(input, output) ?? false;
  const [from, to] = [required(context, input).storage, result(context, output).storage];
  const y = value(node.outputs[output]);
  const spec = { rank: dims.length, denseOut, within };
  // Four packed elements at a time are a word, and move like any other.
  const words = isPacked(to) && width === 4;
  const { shader, invocations } =
    (isPacked(from) || isPacked(to)) && !words
      ? packed.get().kernel({ ...spec, from, to }, copy, count)
      : {
          shader: stridedCopyShader({ ...spec, width: words ? 1 : width, ...elementTypes(from, to) }),
          invocations: count,
        };
  return {
    shader,
    operands: within ? [y] : [value(node.inputs[input]), y],
    params: {
      count,
      start: start >>> 0,
      ...listParams('d', extents),
      ...listParams('s', strides(0)),
      ...(denseOut ? {} : { to_start: toStart, ...listParams('t', strides(1)) }),
    },
    workgroups: dispatch1d(invocations, COPY_WORKGROUP, device),
  };
}

/**
 * The variants of an operator that is nothing but strided copies, one dispatch each. `vec4` moves four elements per
 * invocation in every copy that allows it; `scalar` is the general one. Empty boxes, and inputs whose elements are
 * already where the output has them, need no dispatch.
 */
export function copyVariants<K extends OpKind>(
  copiesOf: (context: LowerContext<K>) => readonly StridedCopy[],
): readonly Variant<K>[] {
  const collapsed = (context: LowerContext<K>): StridedCopy[] =>
    copiesOf(context)
      .filter(({ input, output, dims }) => dims.every((d) => d.extent > 0) && !context.shares(input, output))
      .map((copy) => ({ ...copy, dims: collapse(copy.dims) }));
  return [
    variant(
      'vec4',
      (context) => {
        const ready = collapsed(context).map((copy) => inFours(context, copy) ?? scalar(copy));
        return ready.some((copy) => copy.width === 4) ? ready : undefined;
      },
      (context, copies) => copies.map((copy) => copyCall(context, copy)),
      { placed: true },
    ),
    variant(
      'scalar',
      (context) => collapsed(context).map(scalar),
      (context, copies) => copies.map((copy) => copyCall(context, copy)),
      { placed: true },
    ),
  ];
}
