/** TensorFlow's suppression of boxes: an IoU equal to the threshold is over it; of equal scores the lower index is first. */
import { GREEDY_SUPPRESSION } from '../../../ir/ops.ts';
import type { OperandSource } from './operands.ts';

/** Where a row (batch, class, index) has the index. */
const INDEX = 2;

/** What the versions of the operator differ in. */
export interface SuppressionForm {
  /** The score that has to be exceeded, as a value. */
  readonly score: string;
  /** Of soft suppression; 0 where there is none. */
  readonly sigma: number;
  /** Zeros stand behind the chosen ones, as many as may be chosen. */
  readonly padded: boolean;
}

/** The chosen boxes: int32 indices, their scores, and how many they are. */
export interface Suppressed {
  readonly indices: string;
  readonly scores: string;
  readonly count: string;
}

/** Of boxes `[N, 4]`, scores `[N]`, the most boxes and the IoU threshold, the operator's first four inputs. */
export function suppressionOf(c: OperandSource, { score, sigma, padded }: SuppressionForm): Suppressed {
  if (!(sigma >= 0 && sigma < Infinity)) c.fail(`has a sigma of ${sigma}`);
  const boxes = c.one('Unsqueeze', [c.input(0)], { axes: [0] });
  const given = c.one('Unsqueeze', [c.input(1)], { axes: [0, 1] });
  const attributes = {
    ...GREEDY_SUPPRESSION,
    inclusive: true,
    soft: sigma > 0 ? 'gaussian' : 'none',
    sigma,
    padded,
  } as const;
  const inputs = [boxes, given, c.int64Input(2), c.input(3), score];
  const [rows = '', count = '', scores = ''] = c.many('NonMaxSuppression', inputs, attributes, 3);
  const index = c.one('Gather', [rows, c.scalar('int64', INDEX)], { axis: 1 });
  return { indices: c.one('Cast', [index], { to: 'int32' }), scores, count };
}
