/** Translations of operators that move quantised integers: the rows of plain numbers, and what fills gaps. */
import { padWith } from '../move.ts';
import { spaceToBatch as plainSpaceToBatch } from '../../../lib/tensorflow/blocks.ts';
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { rescaledPart } from './byte-functions.ts';
import { rescaledInput } from './functions.ts';
import { affineAt, movedAt, movedResult, requantisation, resultAffine, RANGES, sameMeaning } from './operands.ts';

/** What stands for zero, which is what gaps are filled with. */
function zeroOf(c: OperatorContext): string {
  return c.scalar(movedAt(c, 0), affineAt(c, 0).zeroPoint);
}

const pad: TfliteTranslation = (c) => {
  sameMeaning(c);
  return padWith(c, c.has(2) ? c.rawInput(2) : zeroOf(c));
};

const spaceToBatch: TfliteTranslation = (c) => {
  sameMeaning(c);
  return plainSpaceToBatch(c, zeroOf(c));
};

/** Parts of a whole that has another scale are brought to it; the runtimes do so for uint8 alone. */
const concatenation: TfliteTranslation = (c) => {
  const { axis, activation } = c.options('Concatenation');
  const type = movedResult(c);
  const { range } = requantisation(c, activation);
  const [lowest, highest] = RANGES[type];
  if (range[0] !== lowest || range[1] !== highest) c.refuse('a fused activation behind a concatenation of integers');
  const to = resultAffine(c);
  const parts = Array.from({ length: c.inputCount }, (_, index) => {
    const { scale, zeroPoint } = affineAt(c, index);
    if (scale === to.scale && zeroPoint === to.zeroPoint) return c.rawInput(index);
    return type === 'uint8'
      ? rescaledInput(c, index, rescaledPart)
      : c.refuse(`${type} parts of other scales than the whole`);
  });
  return c.one('Concat', parts, { axis });
};

/** Rows of the operator table. */
export const MOVES = { CONCATENATION: concatenation, PAD: pad, PADV2: pad, SPACE_TO_BATCH_ND: spaceToBatch };
