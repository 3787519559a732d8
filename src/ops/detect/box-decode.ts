/** BoxDecode: boxes from a detector's codes and its anchors; the codings are those of `BoxCoding`. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import { codeLength, hasCells } from '../../ir/shapes/box.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { lazy } from '../../core/on-demand.ts';
import { boundOfRows, checkCode, checkRows } from '../lib/boxes.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand } from '../lib/operands.ts';

/**
 * Corners of boxes, and key points behind them. Throws ShapeError where codes or anchors have other than the numbers of
 * the coding, are no float32, or anchors do not broadcast to codes, and for attributes out of range.
 */
export const boxDecode: OpDefinition<'BoxDecode'> = {
  infer: (node, inputs) => {
    const [codes, anchors] = [operand(inputs, 0), operand(inputs, 1)];
    const { attributes } = node;
    checkAttributes(attributes);
    checkRows(codes, 'codes', codeLength(attributes) + 2 * attributes.points);
    checkRows(anchors, 'anchors', hasCells(attributes) ? 6 : 4);
    const [rows, own] = [codes.shape.slice(0, -1), anchors.shape.slice(0, -1)];
    if (!sameArray(broadcastShapes(rows, own), rows)) {
      throw new ShapeError(`anchors ${shapeText(anchors.shape)} do not broadcast to codes ${shapeText(codes.shape)}`);
    }
    return [{ dtype: 'float32', shape: [...rows, 4 + 2 * attributes.points] }];
  },
  bounded: (node: NodeOf<'BoxDecode'>, input: number, axis: number, inputs: Operands) =>
    boundOfRows(node, input, axis, inputs),
  work: ({ attributes }, _inputs, outputs) =>
    at(outputs, 0)
      .shape.slice(0, -1)
      .reduce((n, d) => n * d, 1) *
    (16 + 2 * codeLength(attributes)),
  reference: lazy(() => import('./box-decode-loop.ts'), 'boxDecodeReference'),
};

function checkAttributes(attributes: NodeOf<'BoxDecode'>['attributes']): void {
  checkCode(attributes);
  const { coding, bins, points, clip, maxExponent } = attributes;
  const counts = [bins, points].every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!counts || bins > 0 !== (coding === 'distribution')) {
    throw new ShapeError(`${bins} bins and ${points} points: bins are positive of a distribution, and 0 of ${coding}`);
  }
  if (points > 0 && (hasCells(attributes) || coding === 'distribution')) {
    throw new ShapeError(`${coding} has no key points: decode them on their own`);
  }
  if (hasCells(attributes) && (attributes.anchorForm !== 'centers' || attributes.anchorExtent !== 0)) {
    throw new ShapeError(`${coding} takes anchors of the form 'centers' without an extent: left, top, width, height`);
  }
  if (clip.length !== 0 && (clip.length !== 4 || !clip.every(Number.isFinite))) {
    throw new ShapeError(`clip is lowest x, lowest y, highest x, highest y, or empty, not [${clip.join(', ')}]`);
  }
  if (Number.isNaN(maxExponent)) throw new ShapeError('maxExponent is no number');
}
