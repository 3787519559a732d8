/** Sampling that few networks have. */
import { isFloat } from '../../../../core/dtype.ts';
import { aroundChannelsLast, spatialDims } from '../../../lib/channels-first.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

/** Opset 20 names the modes of any number of dimensions, 16 those of pictures. */
const MODES = {
  bilinear: 'linear',
  bicubic: 'cubic',
  nearest: 'nearest',
  linear: 'linear',
  cubic: 'cubic',
} as const;

/** GridSample: x `[N, C, …S]`, a grid `[N, …S', dims]`. */
export function gridSample(n: OnnxNode): string {
  const rank = n.facts(1).rank ?? n.rank(0);
  spatialDims(n, rank);
  const older = ['bilinear', 'nearest', 'bicubic'] as const;
  const newer = ['linear', 'nearest', 'cubic'] as const;
  const mode = n.attr.choice('mode', n.opset < 20 ? 'bilinear' : 'linear', [...older, ...newer]);
  const attributes = {
    mode: MODES[mode],
    padding: n.attr.choice('padding_mode', 'zeros', ['zeros', 'border', 'reflection']),
    alignCorners: n.attr.flag('align_corners', false),
  };
  return aroundChannelsLast(n, n.input(0), rank, (x) => n.main('GridSample', [x, n.input(1)], attributes));
}

/**
 * AffineGrid: theta `[N, dims, dims + 1]` applied to where the pixels of a picture or volume of `size` lie, between −1 and 1: their
 * centres or, aligned, the corners. What GridSample takes, `[N, …S, dims]`, x first. Of floats of 16 bits it is computed as of float32.
 */
export function affineGrid(n: OnnxNode): string {
  const length = n.constantInput(1)?.data.length ?? n.facts(1).length ?? n.unknown(1, 'length');
  const dims = length - 2;
  if (dims !== 2 && dims !== 3) n.fail(`a size of ${length} entries`);
  const aligned = n.attr.flag('align_corners', false);
  const size = n.one('Cast', [n.reshape(n.input(1), [length])], { to: 'int64' });
  const batch = n.one('Slice', [size, n.ints([0]), n.ints([1])], {});
  const shape = n.one('Concat', [batch, n.ints([dims, dims + 1])], { axis: 0 });
  // Of another batch or other dimensions it is refused by the Reshape.
  const { dtype = 'float32' } = n.facts(0);
  if (!isFloat(dtype)) n.fail(`theta is ${dtype}, not of a type with fractions`);
  const wide = dtype === 'float32' ? n.input(0) : n.one('Cast', [n.input(0)], { to: 'float32' });
  const theta = n.reshapeTo(wide, shape);
  const column = (j: number): string => {
    const entries = n.one('Gather', [theta, n.ints([j])], { axis: 2 });
    return n.one('Unsqueeze', [n.one('Squeeze', [entries], { axes: [2] })], { axes: range(dims).map((i) => i + 1) });
  };
  const grid = range(dims).reduce((sum, j) => {
    const places = n.one('Unsqueeze', [positions(n, size, length - 1 - j, aligned)], {
      axes: range(j + 1).map((i) => i + 1),
    });
    return n.binary('add', sum, n.binary('mul', places, column(j)));
  }, column(dims));
  return dtype === 'float32' ? grid : n.one('Cast', [grid], { to: dtype });
}

/** Where the pixels of one dimension lie; aligned, one alone is in the middle. */
function positions(n: OnnxNode, size: string, axis: number, aligned: boolean): string {
  const float = (value: string): string => n.one('Cast', [value], { to: 'float32' });
  const extent = n.one('Gather', [size, n.scalar('int64', axis)], { axis: 0 });
  const places = float(n.one('Range', [n.scalar('int64', 0), extent, n.scalar('int64', 1)], {}));
  const one = n.scalar('float32', 1);
  // Twice the place, less all that lie before it, over the number of steps: from the first to the last it is symmetric.
  const last = n.binary('sub', float(extent), one);
  const twice = n.binary('sub', n.binary('mul', places, n.scalar('float32', 2)), last);
  const steps = aligned ? n.binary('max', last, one) : float(extent);
  return n.binary('div', twice, steps);
}

// Of the same file, for a page to load.
export { resize, upsample } from '../sample.ts';
