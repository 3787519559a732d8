/** Codes of boxes decode to these boxes, in every coding that has an inverse. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { addBoxEncode, type BoxEncoding } from '../../models/box-encode.ts';
import { PLAIN_DECODING } from '../../src/heads/box-nodes.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { referenceRun } from '../helpers/reference.ts';

const CORNERS = [
  [0, 0, 10, 10],
  [3, 4, 9, 20],
  [-5, 2, 30, 7],
];
const CENTRES = [
  [5, 5, 10, 10],
  [6, 12, 6, 16],
  [12, 4, 35, 5],
];
/** A cell of eight pixels each way about the boxes' centres. */
const CELLS = [
  [8, 12, 12, 18, 8, 8],
  [0, 8, 7, 9, 8, 8],
  [16, 24, 20, 20, 8, 8],
];
const BOXES = [
  [5, 5, 15, 25],
  [1, 6, 5, 18],
  [10, 15, 30, 45],
];
const plain = { factors: [0.1, 0.2, 0.3, 0.4], anchorExtent: 0, boxExtent: 0 };

const encodings: readonly BoxEncoding[] = [
  { ...plain, coding: 'centerSize', anchorForm: 'corners' },
  { ...plain, coding: 'centerSize', anchorForm: 'centers', boxExtent: 1 },
  { ...plain, coding: 'centerSize', anchorForm: 'corners', anchorExtent: 1, boxExtent: 1 },
  { ...plain, coding: 'centerLinear', anchorForm: 'centers' },
  { ...plain, coding: 'corner', anchorForm: 'centers', anchorExtent: 1 },
  { ...plain, coding: 'cornerSize', anchorForm: 'corners' },
  { ...plain, coding: 'distance', anchorForm: 'centers', boxExtent: 1 },
  { ...plain, coding: 'sigmoidExp', anchorForm: 'centers', factors: [1, 1.05, 1, 0.5] },
  { ...plain, coding: 'sigmoidSquare', anchorForm: 'centers', factors: [2, 2, 2, 2] },
];

function started(encoding: BoxEncoding): { readonly b: GraphBuilder; readonly codes: string } {
  const b = new GraphBuilder('codes');
  b.input('boxes', 'float32', [3, 4]);
  const rows = encoding.coding.startsWith('sigmoid') ? CELLS : encoding.anchorForm === 'corners' ? CORNERS : CENTRES;
  b.initializer('anchors', tensorOf('float32', [3, rows[0]?.length ?? 0], rows.flat()));
  return { b, codes: addBoxEncode(b, 'boxes', 'anchors', encoding) };
}

const feeds = new Map<string, Tensor>([['boxes', tensorOf('float32', [3, 4], BOXES.flat())]]);

describe('codes of boxes', () => {
  it.each(encodings)('of $coding, anchors as $anchorForm, decode to the boxes', (encoding) => {
    const { b, codes } = started(encoding);
    b.output(b.one('BoxDecode', [codes, 'anchors'], { ...PLAIN_DECODING, ...encoding, clip: [] }));
    const [decoded] = referenceRun(b.build(), feeds).values();
    // Float32 pixels.
    BOXES.flat().forEach((v, i) => expect(decoded?.data[i]).toBeCloseTo(v, 3));
  });

  // Section 3.1.2 of arXiv:1506.01497, by hand: half a width to the right, a height down, as wide, and twice as high.
  it('are those of R-CNN', () => {
    const { b, codes } = started({ ...plain, factors: [1, 1, 1, 1], coding: 'centerSize', anchorForm: 'corners' });
    b.output(codes);
    const [own] = referenceRun(b.build(), feeds).values();
    [0.5, 1, 0, Math.LN2].forEach((v, i) => expect(own?.data[i]).toBeCloseTo(v, 6));
  });

  it('of distributions there are none', () => {
    const encoding = { ...plain, coding: 'distribution', anchorForm: 'centers' } as const;
    expect(() => started(encoding)).toThrow('boxes have no codes of distribution');
  });
});
