/**
 * Transposed convolution over one to three spatial dimensions, channels last: the gradient of a convolution, which makes
 * maps larger (Dumoulin and Visin, arXiv:1603.07285, §4).
 */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { groupedChannels } from '../lib/channels.ts';
import { operand } from '../lib/operands.ts';

function infer(node: NodeOf<'ConvTranspose'>, inputs: Operands): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  const w = operand(inputs, 1);
  if (!isFloat(dtype) || !isFloat(w.dtype))
    throw new ShapeError(`ConvTranspose of ${dtype} with ${w.dtype} is not defined`);
  if (shape.length < 3 || shape.length > 5 || w.shape.length !== shape.length) {
    throw new ShapeError(
      `weights ${shapeText(w.shape)} and an input ${shapeText(shape)} are not of one rank, with one to three spatial dimensions`,
    );
  }
  const { outC } = groupedChannels(shape, w.shape, node.attributes.group);
  const bias = inputs[2];
  if (bias && !sameArray(bias.shape, [outC])) {
    throw new ShapeError(`the bias is ${shapeText(bias.shape)}, ${outC} output channels need ${outC}`);
  }
  const axes = transposedAxes(node.attributes, shape.slice(1, -1), w.shape.slice(0, -2));
  const output = [at(shape, 0), ...axes.map((axis) => axis.output), outC];
  elementCount(output);
  return [{ dtype, shape: output }];
}

/**
 * x `[N, …S, C]` with weights `[…K, C/group, M]` to `[N, …S', M]`. Throws ShapeError where window, groups or bias do not
 * fit.
 */
export const convTranspose: OpDefinition<'ConvTranspose'> = {
  infer,
  reference: lazy(() => import('./conv-transpose-loop.ts'), 'convTransposeReference'),
  // Those at the edges that are cut off again are counted too.
  multiplyAdds: ({ attributes }, [x, w], outputs) =>
    (product(x?.shape ?? []) / attributes.group) *
    product(w?.shape.slice(0, -2) ?? []) *
    (at(outputs, 0).shape.at(-1) ?? 0),
  parameters: () => [
    { slot: 1, role: 'weight', channels: -1 },
    { slot: 2, role: 'bias', channels: 0 },
  ],
  sees: ({ attributes: { strides, dilations } }, inputs) =>
    (inputs[1]?.shape.slice(0, -2) ?? []).map((kernel, i) => {
      const stride = at(strides, i);
      return { kernel: Math.ceil(((kernel - 1) * at(dilations, i) + 1) / stride), stride: 1 / stride };
    }),
};
