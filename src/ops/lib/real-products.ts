/** The operators of real numbers that quantised ones stand for: what these share of shapes, costs and loops. */
import { NO_ACTIVATION, type NodeOf } from '../../ir/ops.ts';
import type { Operands } from '../definition.ts';

/** The convolution of real numbers that the integers stand for. */
export function realConv(node: NodeOf<'QLinearConv'>): NodeOf<'Conv'> {
  return { ...node, op: 'Conv', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

/** The transposed convolution of real numbers that the integers stand for. */
export function realConvTranspose(node: NodeOf<'QLinearConvTranspose'>): NodeOf<'ConvTranspose'> {
  return { ...node, op: 'ConvTranspose', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

/** The product of real numbers that the integers stand for. */
export function realMatMul(node: NodeOf<'QLinearMatMul'>): NodeOf<'MatMul'> {
  return { ...node, op: 'MatMul', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

/** The operands of such a product, of one type that it takes: x, weights and the bias. */
export function realOperands([x, , , w, , , , , bias]: Operands): Operands {
  return [x, w, bias].map((desc) => desc && { dtype: 'float32', shape: desc.shape });
}

/** The convolution of real numbers that the integers stand for. */
export function integerConv(node: NodeOf<'ConvInteger'>): NodeOf<'Conv'> {
  return { ...node, op: 'Conv', attributes: { ...node.attributes, activation: NO_ACTIVATION } };
}

/** The product of real numbers that the integers stand for. */
export function integerMatMul(node: NodeOf<'MatMulInteger'>): NodeOf<'MatMul'> {
  return { ...node, op: 'MatMul', attributes: { transA: false, transB: false, activation: NO_ACTIVATION } };
}

/** The operands of such a product, of one type that it takes. */
export function integersAsReal(inputs: Operands): Operands {
  return inputs.slice(0, 2).map((desc) => desc && { dtype: 'float32', shape: desc.shape });
}

/** The sum over the same axes. */
export function sumOver(node: NodeOf<'QLinearReduce'>): NodeOf<'Reduce'> {
  const { axes, keepDims } = node.attributes;
  return { ...node, op: 'Reduce', attributes: { kind: 'sum', axes, keepDims } };
}
