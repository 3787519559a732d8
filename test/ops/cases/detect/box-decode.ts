/** Cases of BoxDecode: every coding in either form of anchors, key points, clipping, no boxes. */
import type { BoxCoding, OpAttributes } from '../../../../src/ir/ops.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

type Attributes = OpAttributes['BoxDecode'];

/** What most detectors have. */
export const PLAIN_DECODE: Attributes = {
  coding: 'centerSize',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  anchorExtent: 0,
  boxExtent: 0,
  maxExponent: Infinity,
  bins: 0,
  points: 0,
  clip: [],
};

const CODINGS: readonly BoxCoding[] = [
  'centerSize',
  'centerLinear',
  'corner',
  'cornerSize',
  'distance',
  'distribution',
  'sigmoidExp',
  'sigmoidSquare',
];

function decode(
  name: string,
  change: Partial<Attributes>,
  rows: readonly number[] = [2, 5],
  anchors: readonly number[] = rows.slice(1),
): OpCase<'BoxDecode'> {
  const attributes = { ...PLAIN_DECODE, ...change };
  const { coding, bins, points } = attributes;
  const codes: CaseInput = {
    shape: [...rows, (coding === 'distribution' ? 4 * bins : 4) + 2 * points],
    low: -2,
    high: 2,
  };
  const width = coding.startsWith('sigmoid') ? 6 : 4;
  return { name, op: 'BoxDecode', inputs: [codes, { shape: [...anchors, width], low: 1, high: 9 }], attributes };
}

const FACTORS = { factors: [0.1, 0.2, 0.3, 0.4] };
const PIXELS = { anchorForm: 'corners', anchorExtent: 1, boxExtent: 1 } as const;

export const boxDecodeCases: readonly OpCase<'BoxDecode'>[] = [
  ...CODINGS.map((coding) => decode(coding, { coding, ...FACTORS, bins: coding === 'distribution' ? 8 : 0 })),
  ...CODINGS.filter((coding) => !coding.startsWith('sigmoid')).map((coding) =>
    decode(`${coding}, corners with an extent, clipped`, {
      coding,
      ...FACTORS,
      ...PIXELS,
      bins: coding === 'distribution' ? 7 : 0,
      clip: [0.5, 1, 6, 5],
    }),
  ),
  decode('bounded exponents', { maxExponent: 0.3, anchorForm: 'corners' }, [1, 17]),
  decode('bounded exponents of cells, clipped', { coding: 'sigmoidExp', maxExponent: 0.3, clip: [0, 0, 7, 8] }, [3]),
  decode('scaled cells', { coding: 'sigmoidSquare', factors: [2, 2, 2, 2] }, [1, 3, 3, 3], [3, 3, 3]),
  decode('six key points, BlazeFace', { coding: 'centerLinear', factors: [0.25, 0.25, 0.25, 0.25], points: 6 }, [2, 7]),
  decode('five key points, SCRFD', { coding: 'distance', points: 5, clip: [0, 0, 4, 4] }, [3, 5]),
  decode('key points behind corners', { coding: 'cornerSize', points: 1, ...PIXELS, ...FACTORS }, [5]),
  decode('corners of centres with an extent', { coding: 'corner', anchorExtent: 1 }),
  decode('boxes of several classes', FACTORS, [2, 5, 3], [2, 5, 1]),
  decode('anchors of rows in the middle', {}, [2, 3, 5], [3, 1]),
  decode('one anchor for all, sides of 16 bins', { coding: 'distribution', bins: 16 }, [2, 3], [1]),
  decode('one bin', { coding: 'distribution', bins: 1 }, [3]),
  decode('one box', { coding: 'distance' }, []),
  decode('no boxes', {}, [2, 0]),
  {
    ...decode('no boxes of distributions', { coding: 'distribution', bins: 4 }, [0]),
    noOracle: 'onnxruntime gives the sums of no rows one dimension too many',
  },
  {
    name: 'NaN and infinities, clipped',
    op: 'BoxDecode',
    inputs: [
      { shape: [4, 4], values: [NaN, 0, 0, 0, 0, 0, NaN, 0, Infinity, -Infinity, 1, 1, 0, 0, Infinity, -Infinity] },
      { shape: [1, 4], values: [4, 4, 2, 2] },
    ],
    attributes: { ...PLAIN_DECODE, maxExponent: 2, clip: [0, 0, 8, 8] },
  },
  {
    name: 'NaN and infinities of distributions',
    op: 'BoxDecode',
    inputs: [
      {
        shape: [1, 16],
        values: [NaN, 0, 0, 0, 0, -Infinity, 1, 2, 0, 0, 0, NaN, -Infinity, -Infinity, -Infinity, 3],
      },
      { shape: [1, 4], values: [4, 4, 2, 2] },
    ],
    attributes: { ...PLAIN_DECODE, coding: 'distribution', bins: 4, clip: [0, 0, 8, 8] },
  },
];
