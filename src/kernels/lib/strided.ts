/** Strided boxes on the host: collapsing dimensions, and the copy that most data-movement operators come down to. */
import { packedCopyShader } from '../../../shaders/move/packed-copy.ts';
import { COPY_WORKGROUP, stridedCopyShader } from '../../../shaders/move/strided-copy.ts';
import { PlanError } from '../../core/errors.ts';
import { bytesOf, isPacked, type Storage } from '../../core/storage.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { at, ceilDiv, product, stridesOf } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type LowerContext,
  type OperandTraits,
  type Variant,
} from '../definition.ts';

/** One dimension of a walk: its extent, and the element stride of each tensor that takes part. */
export interface StridedDim {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** Pairs extents with one list of strides per tensor. A scalar is one dimension of extent 1. */
export function stridedDims(shape: readonly number[], ...strides: readonly (readonly number[])[]): StridedDim[] {
  if (shape.length === 0) return [{ extent: 1, strides: strides.map(() => 1) }];
  return shape.map((extent, axis) => ({ extent, strides: strides.map((list) => at(list, axis)) }));
}

/**
 * The same walk with as few dimensions as possible: extents of 1 are dropped, and neighbours merge where every tensor
 * steps through both as through one. At least one dimension is left.
 */
export function collapse(dims: readonly StridedDim[]): StridedDim[] {
  const out: StridedDim[] = [];
  for (const dim of dims) {
    const outer = out.at(-1);
    if (dim.extent === 1) continue;
    if (outer?.strides.every((s, i) => s === at(dim.strides, i) * dim.extent)) {
      out[out.length - 1] = { extent: outer.extent * dim.extent, strides: dim.strides };
    } else out.push(dim);
  }
  return out.length > 0 ? out : [{ extent: 1, strides: (dims[0]?.strides ?? []).map(() => 1) }];
}

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

const isWord = (storage: Storage): boolean => bytesOf(storage, 1) === bytesOf('u32', 1);

/** How both sides are read and written: as bits where nothing has to be converted. */
function copyStorages(from: Storage, to: Storage): { from: Storage; to: Storage } {
  if (from === 'f16' || to === 'f16') return { from, to };
  return from === to || (isWord(from) && isWord(to)) ? { from: 'u32', to: 'u32' } : { from, to };
}

/** True when a copy is made four elements at a time: packed ones only as they are. */
function inFours<K extends OpKind>(context: LowerContext<K>, copy: StridedCopy): ReadyCopy | undefined {
  const [x, y] = [required(context, copy.input), result(context, copy.output)];
  return isPacked(y.storage) && x.storage !== y.storage ? undefined : vectorised(copy);
}

/**
 * Throws PlanError unless four neighbours in the order of the box are one word of y: its innermost dimensions lie densely,
 * in fours, and everything else is in fours, too.
 */
function requireWords({ node }: { readonly node: Pick<Node, 'name' | 'op'> }, { dims, toStart }: ReadyCopy): void {
  let run = 1;
  let outer = dims.length;
  while (outer > 0 && (at(dims, outer - 1).extent === 1 || at(at(dims, outer - 1).strides, 1) === run)) {
    run *= at(dims, --outer).extent;
  }
  const steps = [toStart, run, ...dims.slice(0, outer).map((d) => at(d.strides, 1))];
  if (steps.every((n) => n % 4 === 0)) return;
  throw new PlanError('packed elements would be written one by one', { node: node.name, op: node.op });
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
  const [x, y] = [required(context, input), result(context, output)];
  const to = value(node.outputs[output]);
  const spec = { rank: dims.length, denseOut, within, ...copyStorages(x.storage, y.storage) };
  // In fours, packed elements are words.
  const byWord = isPacked(y.storage) && width === 4;
  const packs = isPacked(y.storage) && !byWord;
  if (packs && !denseOut) requireWords(context, copy);
  return {
    shader: packs
      ? packedCopyShader({ ...spec, from: x.storage, to: y.storage })
      : stridedCopyShader({ ...spec, width: byWord ? 1 : width }),
    operands: within ? [to] : [value(node.inputs[input]), to],
    params: {
      count,
      start: start >>> 0,
      ...listParams('d', extents),
      ...listParams('s', strides(0)),
      ...(denseOut ? {} : { to_start: toStart, ...listParams('t', strides(1)) }),
    },
    workgroups: dispatch1d(packs ? ceilDiv(count, 4) : count, COPY_WORKGROUP, device),
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
