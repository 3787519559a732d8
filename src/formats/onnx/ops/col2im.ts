/** Col2Im: columns of blocks put together into the pictures that they were taken from, overlaps added. */
import { isFloat } from '../../../core/dtype.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { at, product, range } from '../../../util/arrays.ts';
import { spatialDims } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { windowOf } from './window.ts';

/** Elements of one dimension's lists that are made at import. */
const MOST = 2 ** 24;

/** Blocks along one spatial dimension of the picture. */
interface Axis {
  readonly image: number;
  readonly block: number;
  /** How many blocks there are. */
  readonly columns: number;
  /** Element `tap` of block `column` lies at column · stride + tap · dilation − pad. */
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}

/**
 * x `[N, C·K, L]` → `[N, C, …image]`. Dimension after dimension each pixel gathers what hits it, and adds that up: so that a NaN
 * goes only where its block has it, which a transposed convolution with weights of 0 and 1 would not do.
 */
export function col2im(n: OnnxNode): string {
  const { rank, dtype } = n.facts(0);
  if (dtype !== undefined && !isFloat(dtype)) n.refuse(dtype);
  if ((rank ?? n.rank(0)) !== 3) n.fail(`columns of rank ${rank}, not [N, C·K, L]`);
  const axes = axesOf(n);
  const dims = axes.length;
  const block = product(axes.map((axis) => axis.block));
  const shape = n.one('Shape', [n.input(0)], {});
  const extent = (axis: number): string => n.one('Slice', [shape, n.ints([axis]), n.ints([axis + 1])], {});
  const channels = n.binary('div', extent(1), n.ints([block]));
  const joined = (...parts: readonly string[]): string => n.one('Concat', parts, { axis: 0 });
  const reshape = (x: string, to: string): string => n.one('Reshape', [x, to], { allowZero: true });
  const planes = n.binary('mul', extent(0), channels);
  // Refused where there are not as many columns; and then where the channels do not go into blocks.
  const columns = n.reshape(n.input(0), [0, 0, ...axes.map((axis) => axis.columns)]);
  const apart = joined(planes, n.ints([...axes.map((axis) => axis.block), ...axes.map((axis) => axis.columns)]));
  const pairs = n.one('Transpose', [reshape(columns, apart)], {
    perm: [0, ...range(dims).flatMap((i) => [i + 1, i + 1 + dims])],
  });
  const lines = reshape(pairs, joined(planes, n.ints(axes.map((axis) => axis.block * axis.columns))));
  const summed = axes.reduce((x, axis, i) => added(n, x, axis, { at: i + 1, rank: dims + 1 }), lines);
  return reshape(summed, joined(extent(0), channels, n.ints(axes.map((axis) => axis.image))));
}

/** What hits each pixel of one dimension added up: where fewer do than elsewhere, a zero behind the elements is taken. */
function added(n: OnnxNode, x: string, axis: Axis, where: { readonly at: number; readonly rank: number }): string {
  const hits = hitsOf(axis);
  const most = hits.reduce((longest, { length }) => Math.max(longest, length), 1);
  if (axis.image * most > MOST) n.refuse(`${axis.image} pixels that up to ${most} elements of blocks hit`);
  const nothing = axis.block * axis.columns;
  const places = hits.flatMap((found) => range(most).map((i) => found[i] ?? nothing));
  const pads = range(2 * where.rank).map((i) => (i === where.rank + where.at ? 1 : 0));
  const padded = n.one('Pad', [x, n.ints(pads)], { mode: 'constant' });
  const indices = n.constant(tensorOf('int64', [axis.image, most], places), 'hits');
  const gathered = n.one('Gather', [padded, indices], { axis: where.at });
  return n.one('Reduce', [gathered], { kind: 'sum', axes: [where.at + 1], keepDims: false });
}

/** The elements, tap by tap, that hit each pixel. */
function hitsOf({ image, block, columns, stride, dilation, pad }: Axis): number[][] {
  const hits = range(image).map((): number[] => []);
  for (let tap = 0; tap < block; tap++) {
    for (let column = 0; column < columns; column++)
      hits[column * stride + tap * dilation - pad]?.push(tap * columns + column);
  }
  return hits;
}

/** The spatial dimensions, of which the file says everything. */
function axesOf(n: OnnxNode): Axis[] {
  const images = n.constantInput(1)?.data ?? n.unknown(1, 'value');
  const blocks = n.constantInput(2)?.data ?? n.unknown(2, 'value');
  const dims = spatialDims(n, images.length + 2);
  if (blocks.length !== dims) n.fail(`an image of ${dims} dimensions and blocks of ${blocks.length}`);
  const { strides, dilations, pads, padMode } = windowOf(n, dims);
  if (padMode !== 'explicit') n.fail(`auto_pad, which it does not have`);
  return range(dims).map((i) => {
    const [image, block] = [at(images, i), at(blocks, i)];
    const [stride, dilation, pad] = [at(strides, i), at(dilations, i), at(pads, i)];
    const room = image + pad + at(pads, i + dims) - (dilation * (block - 1) + 1);
    if (image < 1 || block < 1 || room < 0) {
      n.fail(`blocks [${Array.from(blocks).join(', ')}] in an image [${Array.from(images).join(', ')}]`);
    }
    const columns = Math.floor(room / stride) + 1;
    if (Math.max(image, block * columns) > MOST) n.refuse(`an image [${Array.from(images).join(', ')}]`);
    return { image, block, columns, stride, dilation, pad };
  });
}
