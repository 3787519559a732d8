/** Convolution over one to three spatial dimensions, channels last: groups, dilation, any padding, fused epilogue. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { isPointwise } from '../../ir/shapes/pointwise.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import { groupedChannels } from '../lib/channels.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { areWeights } from '../lib/weights.ts';
import { outputExtent, windowAxes, windowSteps } from '../lib/window.ts';

function infer(node: NodeOf<'Conv'>, inputs: Operands): readonly TensorDesc[] {
  const x = operand(inputs, 0);
  const w = operand(inputs, 1);
  if (!isFloat(x.dtype) || !areWeights(w, inputs[5], at(w.shape, w.shape.length - 1))) {
    throw new ShapeError(`Conv of ${x.dtype} with ${w.dtype} is not defined`);
  }
  if (w.shape.length !== x.shape.length) {
    throw new ShapeError(`weights ${shapeText(w.shape)} do not fit an input of rank ${x.shape.length}`);
  }
  const axes = windowAxes(node.attributes, x.shape, w.shape.slice(0, -2));
  const { outC } = groupedChannels(x.shape, w.shape, node.attributes.group);
  const shape = [at(x.shape, 0), ...axes.map((axis) => outputExtent(axis)), outC];
  elementCount(shape);
  const bias = inputs[2];
  if (bias && !sameArray(bias.shape, [outC])) {
    throw new ShapeError(`the bias is ${shapeText(bias.shape)}, ${outC} output channels need ${outC}`);
  }
  const residual = inputs[3];
  if (residual && !sameArray(residual.shape, shape)) {
    throw new ShapeError(`the residual is ${shapeText(residual.shape)}, the output ${shapeText(shape)}`);
  }
  checkScale(node, inputs);
  return [{ dtype: x.dtype, shape }];
}

/** Throws ShapeError unless the scale, if there is one, has a factor for each channel, and each output sees one pixel. */
function checkScale({ attributes }: NodeOf<'Conv'>, inputs: Operands): void {
  const scale = inputs[4];
  if (!scale) return;
  const x = operand(inputs, 0).shape;
  const wanted = x.map((extent, i) => (i === 0 || i === x.length - 1 ? extent : 1));
  if (!isFloat(scale.dtype) || !sameArray(scale.shape, wanted)) {
    throw new ShapeError(`the scale is ${scale.dtype} ${shapeText(scale.shape)}, the input needs ${shapeText(wanted)}`);
  }
  if (attributes.group !== 1 || !isPointwise(attributes, operand(inputs, 1).shape.slice(0, -2))) {
    throw new ShapeError('a scale needs a 1×1 window without padding, stride 1 and one group');
  }
}

/**
 * x `[N, …S, C]` with weights `[…K, C/group, M]` to `[N, …S', M]`. Throws ShapeError where window, groups, bias, residual
 * or scale do not fit.
 */
export const conv: OpDefinition<'Conv'> = {
  infer,
  reference: lazy(() => import('./conv-loop.ts'), 'convReference'),
  multiplyAdds: (_node, inputs, outputs) => {
    const w = inputs[1]?.shape ?? [];
    return product(at(outputs, 0).shape) * product(w.slice(0, -1));
  },
  parameters: () => [
    { slot: 1, role: 'weight', channels: -1 },
    { slot: 2, role: 'bias', channels: 0 },
  ],
  sees: ({ attributes }, inputs) => windowSteps(attributes, inputs[1]?.shape.slice(0, -2) ?? []),
};
