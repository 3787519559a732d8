/** Lowering of pools, which have one kernel for floats, and one for integers. */
import { hostBytes, type DType } from '../../core/dtype.ts';
import type { Shape } from '../../core/tensor.ts';
import type { OpKind, PoolWindow } from '../../ir/ops.ts';
import { at, ceilDiv, product, roundUp } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { planeOf, windowInts } from '../lib/window.ts';

/** How kernels fold windows: the mean of floats, else the largest, in the order of their kinds. */
const LARGEST: { readonly [D in DType]: number } = {
  float32: 1,
  float16: 1,
  bfloat16: 1,
  int8: 2,
  uint8: 3,
  bool: 3,
  int16: 4,
  uint16: 5,
  int32: 6,
  int64: 6,
  uint32: 7,
  uint64: 7,
};

/** Bytes that a unit reads: tens of microseconds. */
const UNIT = 2 ** 18;
/** What channels are divided by: a line of a cache. */
const LINE = 64;
/** Bytes of what a row of results keeps while it is made. */
const SCRATCH = 16;

/** A pool as its kernel sees it. */
interface SimdPool {
  readonly window: PoolWindow;
  readonly from: Shape;
  readonly to: Shape;
  /** True of the mean, which `countsPads` divides by pads, too; else the largest. */
  readonly mean: boolean;
  readonly countsPads: boolean;
}

/** The call of a pool of windows; nothing for volumes. */
export function windowPoolCalls<K extends 'MaxPool' | 'AveragePool'>(
  context: SimdContext<K>,
): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [x, y] = [context.inputs[0], at(context.outputs, 0)];
  const mean = 'countIncludePad' in attributes;
  const countsPads = mean && attributes.countIncludePad;
  return x && poolCalls(context, { window: attributes, from: x.shape, to: y.shape, mean, countsPads });
}

/** The call of a pool of whole maps, which are one long row to it. */
export function wholePoolCalls<K extends 'GlobalAveragePool' | 'GlobalMaxPool'>(
  context: SimdContext<K>,
  mean: boolean,
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
  return poolCalls(context, { window, ...shapes, mean, countsPads: false });
}

function poolCalls<K extends OpKind>(
  context: SimdContext<K>,
  { window, from, to, mean, countsPads }: SimdPool,
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
  const kind = mean ? 0 : LARGEST[dtype];
  const extents = [height, width, pixel, outHeight, outWidth];
  return [
    {
      kernel: kind > LARGEST.float32 ? 'quantise/largest' : 'pool/pool',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [...extents, ...ints, ...(countsPads ? counted : [0, 0]), block, kind],
      units: at(to, 0) * outHeight * ceilDiv(pixel, block),
      scratch: SCRATCH,
    },
  ];
}
