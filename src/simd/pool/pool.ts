/** Lowering of pools, which have one kernel for floats, and one for integers. */
import { hostBytes } from '../../core/dtype.ts';
import type { Shape } from '../../core/tensor.ts';
import type { OpKind, PoolWindow } from '../../ir/ops.ts';
import { at, ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { planeOf, windowInts } from '../lib/window.ts';

/** Bytes that a unit reads: tens of microseconds. */
const UNIT = 2 ** 18;
/** What channels are divided by: a line of a cache. */
const LINE = 64;
/** Bytes of what a row of results keeps while it is made. */
const SCRATCH = 16;

/** The last kind of floats. */
export const LARGEST_FLOAT = 1;

/** A pool as its kernel sees it. */
export interface SimdPool {
  readonly window: PoolWindow;
  readonly from: Shape;
  readonly to: Shape;
  /** How the kernel folds windows: 0 for the mean, which `countsPads` divides by pads, too; see `kindOfLargest`. */
  readonly kind: number;
  readonly countsPads?: boolean;
}

/** The call of a pool of whole maps, which are one long row to it. */
export function wholePoolCalls<K extends 'GlobalAveragePool' | 'GlobalMaxPool'>(
  context: SimdContext<K>,
  kind: number,
): readonly SimdCall[] | undefined {
  const shape = context.inputs[0]?.shape ?? [];
  const [images, channels, pixels] = [at(shape, 0), at(shape, shape.length - 1), product(shape.slice(1, -1))];
  const window: PoolWindow = {
    kernel: [pixels],
    strides: [1],
    dilations: [1],
    pads: [0, 0],
    padMode: 'explicit',
    ceilMode: false,
  };
  const shapes = { from: [images, pixels, channels], to: [images, 1, channels] };
  return poolCalls(context, { window, ...shapes, kind });
}

/** The call of a pool; nothing for volumes. */
export function poolCalls<K extends OpKind>(
  context: SimdContext<K>,
  { window, from, to, kind, countsPads }: SimdPool,
): readonly SimdCall[] | undefined {
  const { kernel, pads } = window;
  const ints = windowInts(window, kernel);
  const dtype = at(context.outputs, 0).dtype;
  if (!ints) return undefined;
  const [height, width, channels] = planeOf(from);
  const [outHeight, outWidth] = planeOf(to);
  const pixel = channels * hostBytes(dtype);
  const block = Math.min(pixel, roundUp(UNIT / (outWidth * product(kernel)), LINE));
  const counted = [height + (kernel.length > 1 ? at(pads, 2) : 0), width + at(pads, pads.length - 1)];
  const extents = [height, width, pixel, outHeight, outWidth];
  return [
    {
      kernel: kind > LARGEST_FLOAT ? 'quantise/largest' : 'pool/pool',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [...extents, ...ints, ...(countsPads ? counted : [0, 0]), block, kind],
      units: at(to, 0) * outHeight * ceilDiv(pixel, block),
      scratch: SCRATCH,
    },
  ];
}
