/** Products of integers whose scales a run finds: what dynamically quantised files have. */
import { channelsFirst, channelsLast, spatialDims, weightsToLast } from '../../../lib/channels-first.ts';
import type { OnnxNode } from '../../node.ts';
import { rankOf, windowOf } from '../window.ts';

/** y, its scale and its zero point. */
export function dynamicQuantizeLinear(n: OnnxNode): string[] {
  return n.many('DynamicQuantizeLinear', [n.input(0)], {}, 3);
}

/** Sums of a channels-first picture's integers. */
export function convInteger(n: OnnxNode): string {
  const [x, w, zx, zw] = [n.input(0), n.input(1), n.optional(2), n.optional(3)];
  const rank = rankOf(n);
  const dims = spatialDims(n, rank);
  const operands = [channelsLast(n, x, rank), n.one('Transpose', [w], { perm: weightsToLast(rank) })];
  const attributes = { ...windowOf(n, dims), group: n.attr.int('group', 1) };
  return channelsFirst(n, n.main('ConvInteger', withZeroPoints(operands, zx, zw), attributes), rank);
}

/** Sums of a product of matrices. */
export function matMulInteger(n: OnnxNode): string {
  return n.one('MatMulInteger', withZeroPoints([n.input(0), n.input(1)], ofRows(n, 2), n.optional(3)), {});
}

function withZeroPoints(operands: readonly string[], first: string, second: string): string[] {
  return second !== '' ? [...operands, first, second] : first !== '' ? [...operands, first] : [...operands];
}

/** Zero points of a, one for each row where they are a vector, as they are broadcast to it. */
function ofRows(n: OnnxNode, index: number): string {
  const zeroPoints = n.optional(index);
  if (zeroPoints === '') return '';
  return isVector(n, index) ? n.reshape(zeroPoints, [-1, 1]) : zeroPoints;
}

/** True of more than one element, or as many as a run gives. */
function isVector(n: OnnxNode, index: number): boolean {
  const { length } = n.facts(index);
  return n.rank(index) === 1 && length !== 1;
}

/** What sums stand for: times both scales, and a bias. */
function scaled(n: OnnxNode, sums: string, scales: readonly [string, string], bias: string): string {
  const real = n.one('Cast', [sums], { to: 'float32' });
  const y = n.binary('mul', real, n.binary('mul', ...scales));
  return bias === '' ? y : n.binary('add', y, bias);
}

/** A float matrix that is quantised, times one that is. */
export function dynamicQuantizeMatMul(n: OnnxNode): string {
  const [x, scale, zeroPoint] = n.many('DynamicQuantizeLinear', [n.input(0)], {}, 3) as [string, string, string];
  const [b, bScale, bZero, bias] = [n.input(1), n.input(2), n.optional(3), n.optional(4)];
  const sums = n.one('MatMulInteger', withZeroPoints([x, b], zeroPoint, bZero), {});
  return scaled(n, sums, [scale, bScale], bias);
}

/** Which inputs are two quantised matrices, and a bias of the float one that is made of them. */
interface QuantisedProduct {
  readonly operands: readonly [number, number];
  readonly scales: readonly [number, number];
  readonly zeroPoints: readonly [number, number];
  readonly bias: number;
}

/** Two quantised matrices, to a float one: onnxruntime has one scale and one zero point for the whole of a. */
export function realProduct(n: OnnxNode, { operands, scales, zeroPoints, bias }: QuantisedProduct): string {
  const [a, b] = [n.input(operands[0]), n.input(operands[1])];
  const [aScale, bScale] = [n.input(scales[0]), n.input(scales[1])];
  const [aZero, bZero] = [n.optional(zeroPoints[0]), n.optional(zeroPoints[1])];
  if (isVector(n, scales[0])) n.refuse('scales for each column of a');
  if (aZero !== '' && isVector(n, zeroPoints[0])) n.refuse('zero points for each column of a');
  const sums = n.one('MatMulInteger', withZeroPoints([a, b], aZero, bZero), {});
  return scaled(n, sums, [aScale, bScale], n.optional(bias));
}

/** MatMulIntegerToFloat. */
export function matMulIntegerToFloat(n: OnnxNode): string {
  return realProduct(n, { operands: [0, 1], scales: [2, 3], zeroPoints: [4, 5], bias: 6 });
}
