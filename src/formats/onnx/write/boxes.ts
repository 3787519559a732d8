/** How operators on boxes are written: ONNX has none of them, but arithmetic on parts of their rows. */
import { tensorOf } from '../../../core/tensor.ts';
import { codeLength, hasCells } from '../../../ir/shapes/box.ts';
import type { BoxCode, NodeOf } from '../../../ir/ops.ts';
import { at, range } from '../../../util/arrays.ts';
import type { OnnxWriter } from './writer.ts';

type Attributes = NodeOf<'BoxDecode'>['attributes'];

/** Arithmetic on rows, pairs of numbers mostly: x and y. */
interface Rows {
  readonly w: OnnxWriter;
  numbers(...values: number[]): string;
  binary(op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Min' | 'Max', a: string, b: string): string;
  /** The numbers of each row from `start` on. */
  part(x: string, start: number, end: number): string;
}

function rowsOf(w: OnnxWriter): Rows {
  return {
    w,
    numbers: (...values) => w.constant(tensorOf('float32', [values.length], values)),
    binary: (op, a, b) => w.emit(op, [a, b]),
    part: (x, start, end) => w.emit('Slice', [x, w.ints([start]), w.ints([end]), w.ints([-1])]),
  };
}

interface AnchorParts {
  readonly centre: string;
  readonly size: string;
  /** First and last corner. */
  readonly corners: readonly [string, string];
}

function anchorParts(r: Rows, anchors: string, { anchorForm, anchorExtent }: BoxCode): AnchorParts {
  const [first, second] = [r.part(anchors, 0, 2), r.part(anchors, 2, 4)];
  const half = (size: string): string => r.binary('Mul', size, r.numbers(0.5));
  if (anchorForm === 'corners') {
    const size = r.binary('Add', r.binary('Sub', second, first), r.numbers(anchorExtent));
    return { centre: r.binary('Add', first, half(size)), size, corners: [first, second] };
  }
  const last = r.binary('Sub', r.binary('Add', first, half(second)), r.numbers(anchorExtent));
  return { centre: first, size: second, corners: [r.binary('Sub', first, half(second)), last] };
}

/** Boxes are made of two pairs, their corners. */
export function writeBoxDecode(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'BoxDecode'>): void {
  const r = rowsOf(w);
  const [codes = '', anchors = ''] = inputs;
  const { clip, points, factors, coding } = attributes;
  const anchor = anchorParts(r, anchors, attributes);
  const cell = hasCells(attributes) ? r.part(anchors, 4, 6) : '';
  const own = coding === 'distribution' ? expectations(r, codes, attributes.bins) : codes;
  const corners = cornersOf(r, own, { ...anchor, cell }, attributes).map((corner) => {
    if (clip.length === 0) return corner;
    const [low, high] = [r.numbers(...clip.slice(0, 2)), r.numbers(...clip.slice(2))];
    return r.binary('Min', r.binary('Max', corner, low), high);
  });
  const marks = range(points).map((p) => {
    const start = codeLength(attributes) + 2 * p;
    const code = r.binary('Mul', r.part(codes, start, start + 2), r.numbers(...factors.slice(0, 2)));
    return r.binary('Add', anchor.centre, r.binary('Mul', code, anchor.size));
  });
  w.emit('Concat', [...corners, ...marks], { axis: { i: -1 } }, outputs[0]);
}

function cornersOf(
  r: Rows,
  codes: string,
  { centre, size, corners, cell }: AnchorParts & { readonly cell: string },
  { coding, factors, maxExponent, boxExtent }: Attributes,
): readonly [string, string] {
  const pairs = [r.numbers(...factors.slice(0, 2)), r.numbers(...factors.slice(2))];
  const raw = [r.part(codes, 0, 2), r.part(codes, 2, 4)];
  const scaled = (k: number): string => r.binary('Mul', at(raw, k), at(pairs, k));
  const reach = (k: number): string => r.binary('Mul', scaled(k), size);
  const lastOf = (corner: string): string => r.binary('Sub', corner, r.numbers(boxExtent));
  const around = (middle: string, extent: string): readonly [string, string] => {
    const half = r.binary('Mul', extent, r.numbers(0.5));
    return [r.binary('Sub', middle, half), lastOf(r.binary('Add', middle, half))];
  };
  const power = (): string => {
    const v = maxExponent === Infinity ? scaled(1) : r.binary('Min', scaled(1), r.numbers(maxExponent));
    return r.binary('Mul', r.w.emit('Exp', [v]), size);
  };
  const inCell = (): string => {
    const scale = r.binary('Mul', r.w.emit('Sigmoid', [at(raw, 0)]), at(pairs, 0));
    const shift = r.numbers(...factors.slice(0, 2).map((f) => (f - 1) / 2));
    return r.binary('Add', centre, r.binary('Mul', r.binary('Sub', scale, shift), cell));
  };
  switch (coding) {
    case 'centerSize':
      return around(r.binary('Add', centre, reach(0)), power());
    case 'centerLinear':
      return around(r.binary('Add', centre, reach(0)), reach(1));
    case 'corner':
      return [r.binary('Add', corners[0], scaled(0)), r.binary('Add', corners[1], scaled(1))];
    case 'cornerSize':
      return [r.binary('Add', corners[0], reach(0)), r.binary('Add', corners[1], reach(1))];
    case 'distance':
    case 'distribution':
      return [r.binary('Sub', centre, reach(0)), lastOf(r.binary('Add', centre, reach(1)))];
    case 'sigmoidExp':
      return around(inCell(), power());
    case 'sigmoidSquare': {
      const root = r.binary('Mul', r.w.emit('Sigmoid', [at(raw, 1)]), at(pairs, 1));
      return around(inCell(), r.binary('Mul', r.binary('Mul', root, root), size));
    }
  }
}

/** The expectation over 0, 1, … of each side's softmax: four numbers a row. */
function expectations(r: Rows, codes: string, bins: number): string {
  const rank = r.w.rank(codes);
  const sides = r.w.reshape(codes, [...range(rank - 1).map(() => 0), 4, bins]);
  const chances = r.w.emit('Softmax', [sides], { axis: { i: -1 } });
  const moments = r.binary('Mul', chances, r.numbers(...range(bins)));
  return r.w.emit('ReduceSum', [moments, r.w.ints([-1])], { keepdims: { i: 0 } });
}
