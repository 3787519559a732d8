/** Sums of products by an equation, windows laid side by side, and means over all of a map. */
import { einsumOf } from '../../lib/einsum.ts';
import { countedUp, extentList, extentNode, withWhole } from '../../lib/layer-nodes.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';
import { convWindow } from './window.ts';

/** Labels of dimensions, in the order in which a result has them. */
const LABELS = 'ijkl';

/** The equation: text in newer files, else the numbers of its letters. */
function equationOf(c: NcnnContext): string {
  const text = c.text(0) ?? String.fromCharCode(...c.intList(0));
  return text.replaceAll(/\s/g, '');
}

/** Einstein summation, of each image by itself. */
function einsum(c: NcnnContext): string {
  const equation = equationOf(c);
  const [left = '', right = '', ...rest] = equation.split('->');
  const terms = left.split(',');
  if (rest.length > 0 || terms.length !== c.inputCount || [...terms, right].some((term) => !/^[i-l]+$/.test(term))) {
    c.fail(`the equation "${equation}" of ${c.inputCount} blobs`);
  }
  // ncnn sums whatever is not among the first labels, in whichever order the equation has them.
  if (right !== LABELS.slice(0, right.length)) c.refuse(`the equation "${equation}", whose result is not in order`);
  const values = c.inputs();
  const operands = values.map((value) => ({ value, rank: c.rank(value), dtype: 'float32' as const }));
  const batched = `${terms.map((term) => `n${term}`).join(',')}->n${right}`;
  return einsumOf(c, batched, operands);
}

/** Windows of a map side by side, `[N, C·kernel, places]`. */
function unfold(c: NcnnContext): string {
  const window = convWindow(c, 2);
  if (window.padMode !== 'explicit') c.refuse('pads that follow from the extents');
  const x = c.input();
  if (c.dims(x) !== 3) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  const [top = 0, left = 0, bottom = 0, right = 0] = window.pads;
  const border = c.scalar('float32', c.float(18, 0));
  const padded = c.one('Pad', [x, c.ints([0, 0, top, left, 0, 0, bottom, right]), border], { mode: 'constant' });
  const rows = c.one('Gather', [padded, placesOf(c, padded, 2, window)], { axis: 2 });
  const all = c.one('Gather', [rows, placesOf(c, padded, 3, window)], { axis: 4 });
  // [N, C, kh, oh, kw, ow]
  const moved = c.one('Transpose', [all], { perm: [0, 1, 2, 4, 3, 5] });
  const kernel = window.kernel.reduce((a, b) => a * b, 1);
  const channels = withWhole(c, 'mul', extentNode(c, x, 1), kernel);
  return c.reshapeTo(moved, extentList(c, [0, channels, -1]));
}

/** Where the taps of each window lie along an axis: `[kernel, places]`. */
function placesOf(c: NcnnContext, x: string, axis: 2 | 3, window: ReturnType<typeof convWindow>): string {
  const at = axis - 2;
  const [kernel = 1, stride = 1, dilation = 1] = [window.kernel[at], window.strides[at], window.dilations[at]];
  const room = withWhole(c, 'add', extentNode(c, x, axis), -(dilation * (kernel - 1) + 1));
  const count = withWhole(c, 'add', withWhole(c, 'floorDiv', room, stride), 1);
  const starts = withWhole(c, 'mul', countedUp(c, count), stride);
  const taps = withWhole(c, 'mul', countedUp(c, c.scalar('int64', kernel)), dilation);
  return c.binary('add', c.one('Unsqueeze', [taps], { axes: [1] }), starts);
}

/** The mean of each map, and where it is asked for the deviations behind all means. */
function statisticsPooling(c: NcnnContext): string {
  const x = c.input();
  if (c.dims(x) < 3) c.refuse(`a blob of ${c.dims(x)} dimensions`);
  const flat = c.reshape(x, [0, 0, -1]);
  const mean = (value: string): string => c.one('Reduce', [value], { kind: 'mean', axes: [2], keepDims: true });
  const average = mean(flat);
  const vector = (value: string): string => c.one('Squeeze', [value], { axes: [2] });
  if (!c.flag(0)) return vector(average);
  const square = c.one('Unary', [c.binary('sub', flat, average)], { kind: 'square' });
  const deviation = c.one('Unary', [mean(square)], { kind: 'sqrt' });
  return vector(c.one('Concat', [average, deviation], { axis: 1 }));
}

/** Rows. */
export const GATHERED = {
  Einsum: einsum,
  Unfold: unfold,
  StatisticsPooling: statisticsPooling,
} satisfies Record<string, NcnnTranslation>;
