/** Pools of as many positions as are wanted, over windows that cover an axis: ⌊i·s/n⌋ to before ⌈(i + 1)·s/n⌉ of s. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { NcnnContext } from '../context.ts';
import { axisSize, sizeVector } from './sizes.ts';

/** An image `[N, C, …S]` at these positions along each spatial axis; undefined are as many as there are. */
export function adaptivePool(
  c: NcnnContext,
  image: string,
  kind: 'max' | 'average',
  positions: readonly (number | undefined)[],
): string {
  const axes = range(positions.length).map((i) => i + 2);
  if (positions.every((count) => count === 1)) {
    return c.one('Reduce', [image], { kind: kind === 'max' ? 'max' : 'mean', axes, keepDims: true });
  }
  if (kind === 'max') return maxima(c, image, positions);
  return positions.reduce<string>((x, count, i) => (count === undefined ? x : means(c, x, i + 2, count)), image);
}

/** Means along one axis: a product with a matrix of shares, that is made of the extent. */
function means(c: NcnnContext, x: string, axis: number, count: number): string {
  const shares = sharesOf(c, c.reshape(sizeVector(c, axisSize(c, x, axis)), []), count);
  const isLast = axis === c.rank(x) - 1;
  const attributes = { transA: false, transB: isLast, activation: NO_ACTIVATION };
  const y = isLast ? c.one('MatMul', [x, shares], attributes) : c.one('MatMul', [shares, x], attributes);
  return c.withExtents(y, c.extents(x).with(axis, count));
}

/** `[count, extent]`: the share that each element has in each window, of an extent that is a scalar. */
function sharesOf(c: NcnnContext, extent: string, count: number): string {
  const column = c.constant(tensorOf('int64', [count, 1], range(count)), 'positions');
  const whole = c.scalar('int64', count);
  const from = c.binary('floorDiv', c.binary('mul', column, extent), whole);
  const next = c.binary('mul', c.binary('add', column, c.scalar('int64', 1)), extent);
  const to = c.binary('floorDiv', c.binary('add', next, c.scalar('int64', count - 1)), whole);
  const elements = c.one('Range', [c.scalar('int64', 0), extent, c.scalar('int64', 1)], {});
  const inside = c.binary('and', c.binary('lessOrEqual', from, elements), c.binary('less', elements, to));
  const lengths = c.one('Cast', [c.binary('sub', to, from)], { to: 'float32' });
  return c.binary('div', c.one('Cast', [inside], { to: 'float32' }), lengths);
}

/** Maxima of the bins of a region that is the whole of each image: they are the windows. */
function maxima(c: NcnnContext, image: string, positions: readonly (number | undefined)[]): string {
  const [outputHeight, outputWidth] = positions;
  if (positions.length !== 2 || outputHeight === undefined || outputWidth === undefined) {
    return c.refuse('maxima of windows along one axis, of as many positions as are wanted');
  }
  const scalar = (axis: number): string => c.reshape(sizeVector(c, axisSize(c, image, axis)), []);
  const batch = c.one('Range', [c.scalar('int64', 0), scalar(0), c.scalar('int64', 1)], {});
  const column = c.one('Unsqueeze', [c.one('Cast', [batch], { to: 'float32' })], { axes: [1] });
  const zero = c.binary('mul', column, c.scalar('float32', 0));
  const [bottom, right] = [2, 3].map((axis) => {
    const last = c.binary('sub', scalar(axis), c.scalar('int64', 1));
    return c.binary('add', zero, c.one('Cast', [last], { to: 'float32' }));
  });
  const rois = c.one('Concat', [column, zero, zero, right ?? '', bottom ?? ''], { axis: 1 });
  return c.aroundLast(image, (x) => {
    const y = c.main('MaxRoiPool', [x, rois], { outputHeight, outputWidth, spatialScale: 1 });
    return y;
  });
}
