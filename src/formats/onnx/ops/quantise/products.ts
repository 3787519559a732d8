/** Convolutions and matrix products of integers whose results have a scale of their own. */
import { channelsFirst, channelsLast, spatialDims, weightsToLast } from '../../../lib/channels-first.ts';
import type { OnnxNode } from '../../node.ts';
import { rankOf, windowOf } from '../window.ts';
import { affineInputs, byteAt, quantisedInputs, requantisedTo, resultByte } from './operands.ts';

/** ONNX's QLinearConv, of channels-first pictures. */
export function qLinearConv(n: OnnxNode): string {
  const [x = '', ...affine] = quantisedInputs(n, 0);
  const [w = '', ...weightAffine] = quantisedInputs(n, 3);
  const [result, bias] = [resultByte(n, 7, 0), n.optional(8)];
  const rank = rankOf(n, 3);
  const dims = spatialDims(n, rank);
  const weights = n.one('Transpose', [w], { perm: weightsToLast(rank) });
  const operands = [channelsLast(n, x, rank), ...affine, weights, ...weightAffine, ...affineInputs(n, 6, result)];
  const y = n.main('QLinearConv', bias === '' ? operands : [...operands, bias], {
    ...windowOf(n, dims),
    group: n.attr.int('group', 1),
    ...requantisedTo(result),
  });
  return channelsFirst(n, y, rank);
}

/** ONNX's QLinearMatMul. */
export function qLinearMatMul(n: OnnxNode): string {
  const result = resultByte(n, 7, 0);
  const operands = [...quantisedInputs(n, 0), ...quantisedInputs(n, 3), ...affineInputs(n, 6, result)];
  return n.one('QLinearMatMul', operands, { transA: false, transB: false, ...requantisedTo(result) });
}

/** com.microsoft's QGemm: alpha·A·B + C, the scale of C being that of alpha·A·B. */
export function qGemm(n: OnnxNode): string {
  if (n.optional(7) === '') n.refuse('a result of real numbers');
  const result = resultByte(n, 8, 0);
  const [a = '', scale = '', zeroPoint = ''] = quantisedInputs(n, 0);
  const alpha = n.attr.float('alpha', 1);
  const scaled = alpha === 1 ? scale : n.binary('mul', scale, n.scalar('float32', alpha));
  const operands = [a, scaled, zeroPoint, ...quantisedInputs(n, 3), ...affineInputs(n, 7, result)];
  return n.one('QLinearMatMul', [...operands, ...rowBias(n)], {
    transA: n.attr.flag('transA', false),
    transB: n.attr.flag('transB', false),
    ...requantisedTo(result),
  });
}

/** C, of one row. */
function rowBias(n: OnnxNode): string[] {
  const c = n.optional(6);
  if (c === '') return [];
  const { rank, length } = n.facts(6);
  if (rank === 1 && length !== 1) return [c];
  const shape = n.constantInput(6)?.shape ?? n.refuse('a bias that is computed');
  if (shape.length !== 2 || shape[0] !== 1) n.refuse(`a bias of [${shape.join(', ')}]`);
  return [n.reshape(c, [-1])];
}

/** A function of two operands. */
function binary(kind: 'add' | 'mul') {
  return (n: OnnxNode): string => {
    if (byteAt(n, 0) !== byteAt(n, 3)) n.refuse('operands of two types');
    const result = resultByte(n, 7, 0);
    const operands = [...quantisedInputs(n, 0), ...quantisedInputs(n, 3), ...affineInputs(n, 6, result)];
    return n.one('QLinearBinary', operands, { kind, ...requantisedTo(result) });
  };
}

/** com.microsoft's QLinearAdd. */
export const qLinearAdd = binary('add');

/** com.microsoft's QLinearMul. */
export const qLinearMul = binary('mul');
