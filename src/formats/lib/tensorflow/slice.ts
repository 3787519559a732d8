/** TensorFlow's Slice and StridedSlice, written with the engine's Slice, Squeeze and Unsqueeze. */
import type { OperandSource } from './operands.ts';

/** Saturating bounds: the engine clamps them to the extent. */
const TO_END = 2 ** 31 - 1;
const TO_START = -(2 ** 31);

/** Slice(x, begin, size); a size of −1 reaches to the end. */
export function slice(c: OperandSource): string {
  const begin = c.constantInput(1);
  const size = c.constantInput(2);
  if (begin && size) {
    const ends = Array.from(size.data, (s, i) => (s === -1 ? TO_END : (begin.data[i] ?? 0) + s));
    return c.one('Slice', [c.input(0), c.int64Input(1), c.ints(ends)], {});
  }
  const starts = c.int64Input(1);
  const sizes = c.int64Input(2);
  const open = c.binary('equal', sizes, c.scalar('int64', -1));
  const ends = c.one('Where', [open, c.scalar('int64', TO_END), c.binary('add', starts, sizes)], {});
  return c.one('Slice', [c.input(0), starts, ends], {});
}

/** Bit fields over the entries of a StridedSlice's specification. */
export interface SliceMasks {
  /** Entries that begin at the beginning, whatever is given. */
  readonly begin: number;
  /** Entries that end at the end, whatever is given. */
  readonly end: number;
  /** The entry that stands for as many dimensions as are not named. */
  readonly ellipsis: number;
  /** Entries that add a dimension of one element. */
  readonly newAxis: number;
  /** Entries that take one element, and leave the dimension out. */
  readonly shrinkAxis: number;
  /** Those of them that take the first element, whatever is given. */
  readonly first?: number;
}

/** What each entry of a StridedSlice specification does. */
interface Entry {
  readonly kind: 'range' | 'shrink' | 'newAxis' | 'ellipsis';
  /** Position in begin, end and strides. */
  readonly index: number;
  readonly openBegin: boolean;
  readonly openEnd: boolean;
}

function entries(masks: SliceMasks, count: number): Entry[] {
  const bit = (mask: keyof SliceMasks, i: number): boolean => (((masks[mask] ?? 0) >> i) & 1) === 1;
  return Array.from({ length: count }, (_, index) => ({
    // The order of precedence is TensorFlow's: an ellipsis bit wins over a new axis, that over a shrink.
    kind: bit('ellipsis', index)
      ? 'ellipsis'
      : bit('newAxis', index)
        ? 'newAxis'
        : bit('shrinkAxis', index)
          ? 'shrink'
          : 'range',
    index,
    openBegin: bit(bit('shrinkAxis', index) ? 'first' : 'begin', index),
    openEnd: bit('end', index),
  }));
}

/**
 * The axis of each entry among the entries that take one (as `takes` says): counted from the front before an ellipsis
 * and from the back behind it, so the rank of the tensor need not be known.
 */
function axesOf(specification: readonly Entry[], takes: (entry: Entry) => boolean): Map<number, number> {
  const ellipsis = specification.findIndex((e) => e.kind === 'ellipsis');
  const axes = new Map<number, number>();
  const front = ellipsis < 0 ? specification : specification.slice(0, ellipsis);
  front.filter(takes).forEach((e, i) => axes.set(e.index, i));
  const back = ellipsis < 0 ? [] : specification.slice(ellipsis + 1).filter(takes);
  back.forEach((e, i) => axes.set(e.index, i - back.length));
  return axes;
}

/** Start, end and step of the sliced entries; constants where begin and end are. */
function bounds(c: OperandSource, sliced: readonly Entry[], strides: readonly number[]): [string, string] {
  const begin = c.constantInput(1);
  const end = c.constantInput(2);
  const backward = (e: Entry): boolean => e.kind === 'range' && (strides[e.index] ?? 1) < 0;
  const openStart = (e: Entry): number => (backward(e) ? TO_END : 0);
  const openEnd = (e: Entry): number => (backward(e) ? TO_START : TO_END);
  const ignoresBegin = (e: Entry): boolean => e.openBegin;
  if (begin && end) {
    const start = (e: Entry): number => (ignoresBegin(e) ? openStart(e) : (begin.data[e.index] ?? 0));
    const stop = (e: Entry): number => {
      // A shrunk entry takes the one element at begin; −1 is the last, whose end no number names.
      if (e.kind === 'shrink') return start(e) === -1 ? TO_END : start(e) + 1;
      return e.openEnd ? openEnd(e) : (end.data[e.index] ?? 0);
    };
    return [c.ints(sliced.map(start)), c.ints(sliced.map(stop))];
  }
  const pick = c.ints(sliced.map((e) => e.index));
  const flag = (values: readonly boolean[]): string => c.one('Cast', [c.ints(values.map(Number))], { to: 'bool' });
  const given = c.one('Gather', [c.int64Input(1), pick], { axis: 0 });
  const starts = c.one('Where', [flag(sliced.map(ignoresBegin)), c.ints(sliced.map(openStart)), given], {});
  const next = c.binary('add', starts, c.scalar('int64', 1));
  const last = c.binary('equal', starts, c.scalar('int64', -1));
  const single = c.one('Where', [last, c.scalar('int64', TO_END), next], {});
  const stops = c.one('Gather', [c.int64Input(2), pick], { axis: 0 });
  const ranged = c.one('Where', [flag(sliced.map((e) => e.openEnd)), c.ints(sliced.map(openEnd)), stops], {});
  return [starts, c.one('Where', [flag(sliced.map((e) => e.kind === 'shrink')), single, ranged], {})];
}

/** Entries that cut an axis; the others add one or stand for several. */
function isSliced({ kind }: Entry): boolean {
  return kind === 'range' || kind === 'shrink';
}

/** StridedSlice(x, begin, end, strides) with its five masks, as NumPy indexing writes them. */
export function stridedSliceOf(c: OperandSource, masks: SliceMasks): string {
  const strides = c.knownInts(3, 'strides');
  const specification = entries(masks, strides.length);
  if (specification.filter((e) => e.kind === 'ellipsis').length > 1) c.refuse('two ellipses');
  if (strides.some((s) => s === 0)) c.refuse('a stride of 0');
  const inputAxes = axesOf(specification, isSliced);
  const sliced = specification.filter(isSliced);
  let y = c.input(0);
  if (sliced.length > 0) {
    const [starts, ends] = bounds(c, sliced, strides);
    const axes = c.ints(sliced.map((e) => inputAxes.get(e.index) ?? 0));
    const steps = c.ints(sliced.map((e) => (e.kind === 'shrink' ? 1 : (strides[e.index] ?? 1))));
    y = c.one('Slice', [y, starts, ends, axes, steps], {});
  }
  const axesOfKind = (kind: Entry['kind'], axes: ReadonlyMap<number, number>): number[] =>
    specification.filter((e) => e.kind === kind).map((e) => axes.get(e.index) ?? 0);
  const removed = axesOfKind('shrink', inputAxes);
  if (removed.length > 0) y = c.one('Squeeze', [y], { axes: removed });
  const outputAxes = axesOf(specification, (e) => e.kind === 'range' || e.kind === 'newAxis');
  const added = axesOfKind('newAxis', outputAxes);
  if (added.length > 0) y = c.one('Unsqueeze', [y], { axes: added });
  return y === c.input(0) ? c.one('Identity', [y], {}) : y;
}
