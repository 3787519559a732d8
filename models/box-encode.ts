/** Codes of boxes: what BoxDecode takes to make these boxes of these anchors, composed of operators. */
import { InputError } from '../src/core/errors.ts';
import { tensorOf } from '../src/core/tensor.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import type { OpAttributes, UnaryKind } from '../src/ir/ops.ts';
import { BoxNodes } from '../src/heads/box-nodes.ts';

/** How boxes are coded: BoxDecode's attributes, of which neither edges nor key points matter here. */
export type BoxEncoding = Pick<
  OpAttributes['BoxDecode'],
  'coding' | 'anchorForm' | 'factors' | 'anchorExtent' | 'boxExtent'
>;

/** Pairs of x and y of boxes and anchors. */
interface Pairs {
  /** Of the box: corners as they are, centre and size. */
  readonly first: string;
  readonly last: string;
  readonly middle: string;
  readonly extent: string;
  /** Of the anchor: centre, or the corner of the cell; size, corners, and the cell's own size. */
  readonly centre: string;
  readonly size: string;
  readonly corners: readonly [string, string];
  readonly cell: string;
}

/**
 * Codes, float32 `[…, 4]`, of corners `boxes` `[…, 4]` by `anchors` of BoxDecode, whose leading dimensions are or broadcast to
 * theirs. Boxes whose centre lies outside what a cell reaches, or that are larger than `sigmoidSquare` reaches, have codes
 * of infinity or NaN. Throws InputError for distributions, of which many have one mean.
 */
export function addBoxEncode(b: GraphBuilder, boxes: string, anchors: string, encoding: BoxEncoding): string {
  const writer = new EncodeWriter(b, encoding.factors);
  return b.one('Concat', writer.codes(pairsOf(writer, boxes, anchors, encoding), encoding), { axis: -1 });
}

class EncodeWriter extends BoxNodes {
  readonly #factors: readonly number[];

  constructor(builder: GraphBuilder, factors: readonly number[]) {
    super(builder);
    this.#factors = factors;
  }

  codes(p: Pairs, { coding, boxExtent }: BoxEncoding): [string, string] {
    const shares = (from: string, to: string, k: number): string => this.#over(this.#share(from, to, p.size), k);
    const ratio = (): string => this.binary('div', p.extent, p.size);
    switch (coding) {
      case 'centerSize':
        return [shares(p.centre, p.middle, 0), this.#over(this.#unary('log', ratio()), 1)];
      case 'centerLinear':
        return [shares(p.centre, p.middle, 0), this.#over(ratio(), 1)];
      case 'corner':
        return [
          this.#over(this.binary('sub', p.first, p.corners[0]), 0),
          this.#over(this.binary('sub', p.last, p.corners[1]), 1),
        ];
      case 'cornerSize':
        return [shares(p.corners[0], p.first, 0), shares(p.corners[1], p.last, 1)];
      case 'distance':
        return [shares(p.first, p.centre, 0), shares(p.centre, this.binary('add', p.last, this.scalar(boxExtent)), 1)];
      case 'sigmoidExp':
        return [this.#inCell(p), this.#over(this.#unary('log', ratio()), 1)];
      case 'sigmoidSquare':
        return [this.#inCell(p), this.#logit(this.#over(this.#unary('sqrt', ratio()), 1))];
      default:
        throw new InputError(`boxes have no codes of ${coding}`, { hint: 'Many distributions have the same mean' });
    }
  }

  /** How far it is from one to the other, in so many sizes. */
  #share(from: string, to: string, size: string): string {
    return this.binary('div', this.binary('sub', to, from), size);
  }

  /** Divided by the first or second pair of factors. */
  #over(x: string, k: number): string {
    return this.binary('div', x, this.#numbers(this.#pair(k)));
  }

  #pair(k: number): readonly number[] {
    return this.#factors.slice(2 * k, 2 * k + 2);
  }

  #numbers(values: readonly number[]): string {
    return this.builder.constant('pair', tensorOf('float32', [values.length], values));
  }

  #unary(kind: UnaryKind, x: string): string {
    return this.builder.one('Unary', [x], { kind });
  }

  /** What a sigmoid makes this of: log(p / (1 − p)). */
  #logit(p: string): string {
    return this.#unary('log', this.binary('div', p, this.binary('sub', this.scalar(1), p)));
  }

  #inCell({ centre, middle, cell }: Pairs): string {
    const shift = this.#numbers(this.#pair(0).map((f) => (f - 1) / 2));
    return this.#logit(this.#over(this.binary('add', this.#share(centre, middle, cell), shift), 0));
  }
}

function pairsOf(
  nodes: BoxNodes,
  boxes: string,
  anchors: string,
  { anchorForm, anchorExtent, boxExtent, coding }: BoxEncoding,
): Pairs {
  const pair = (x: string, k: number): string => nodes.columns(x, 2 * k, 2 * k + 2, -1);
  const half = (x: string): string => nodes.binary('mul', x, nodes.scalar(0.5));
  const length = (from: string, to: string, extra: number): string =>
    nodes.binary('add', nodes.binary('sub', to, from), nodes.scalar(extra));
  const [first, last, a, z] = [pair(boxes, 0), pair(boxes, 1), pair(anchors, 0), pair(anchors, 1)];
  const extent = length(first, last, boxExtent);
  const middle = nodes.binary('add', first, half(extent));
  const cell = coding.startsWith('sigmoid') ? pair(anchors, 2) : '';
  const box = { first, last, middle, extent, cell };
  if (anchorForm === 'corners') {
    const size = length(a, z, anchorExtent);
    return { ...box, centre: nodes.binary('add', a, half(size)), size, corners: [a, z] };
  }
  const end = nodes.binary('sub', nodes.binary('add', a, half(z)), nodes.scalar(anchorExtent));
  return { ...box, centre: a, size: z, corners: [nodes.binary('sub', a, half(z)), end] };
}
