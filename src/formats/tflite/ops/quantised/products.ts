/** Translations of quantised convolutions and matrix products. */
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { conv2dOf, depthwiseOf, type PlannedConv } from '../conv.ts';
import { transposeConvOf } from '../conv-further.ts';
import { fullyConnectedOf } from '../product.ts';
import { filterParameters, quantisedInput, requantised, resultParameters } from './operands.ts';

/** The bias, integers of the scale that sums have. */
function biasAt(c: OperatorContext, index: number): string[] {
  if (!c.has(index)) return [];
  const { type, name } = c.tensor(index);
  return type === 'int32' ? [c.rawInput(index)] : c.refuse(`a bias "${name}" of ${type}`);
}

function convolution(c: OperatorContext, { weights, window, group, activation }: PlannedConv): string {
  const operands = [...quantisedInput(c, 0), weights, ...filterParameters(c, 1), ...resultParameters(c)];
  return c.one('QLinearConv', [...operands, ...biasAt(c, 2)], { ...window, group, ...requantised(c, activation) });
}

export const conv2d: TfliteTranslation = (c) => convolution(c, conv2dOf(c));

export const depthwise: TfliteTranslation = (c) => convolution(c, depthwiseOf(c));

export const transposeConv: TfliteTranslation = (c) => {
  const { weights, window, activation } = transposeConvOf(c);
  const operands = [...quantisedInput(c, 2), weights, ...filterParameters(c, 1), ...resultParameters(c)];
  return c.one('QLinearConvTranspose', [...operands, ...biasAt(c, 3)], {
    ...window,
    group: 1,
    ...requantised(c, activation),
  });
};

export const fullyConnected: TfliteTranslation = (c) => {
  const { rows, activation, restored } = fullyConnectedOf(c);
  const [, ...parameters] = quantisedInput(c, 0);
  const operands = [rows, ...parameters, c.rawInput(1), ...filterParameters(c, 1), ...resultParameters(c)];
  const attributes = { transA: false, transB: true, ...requantised(c, activation) };
  return restored(c.one('QLinearMatMul', [...operands, ...biasAt(c, 2)], attributes));
};

export const batchMatMul: TfliteTranslation = (c) => {
  const { adjX: transA, adjY: transB } = c.options('BatchMatMul');
  const operands = [...quantisedInput(c, 0), ...quantisedInput(c, 1), ...resultParameters(c)];
  return c.one('QLinearMatMul', operands, { transA, transB, ...requantised(c) });
};
