/**
 * Deformable convolution, channels last: every tap of the window is moved by an offset of its own, which a network computes
 * for each output (Dai et al., arXiv:1703.06211), and, in the second version, multiplied by a mask (Zhu et al., arXiv:1811.11168).
 */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText, type Shape, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { groupedChannels } from '../lib/channels.ts';
import { operand, requireFloat } from '../lib/operands.ts';
import { outputExtent, windowAxes, windowSteps } from '../lib/window.ts';

function infer({ attributes }: NodeOf<'DeformConv'>, inputs: Operands): readonly TensorDesc[] {
  const [x, w] = [operand(inputs, 0), operand(inputs, 1)];
  for (const { dtype } of inputs.filter((input) => input !== undefined)) {
    if (!isFloat(dtype)) throw new ShapeError(`DeformConv of ${dtype} is not defined: all its operands are floats`);
  }
  requireFloat(x, 'DeformConv');
  if (x.shape.length !== 4 || w.shape.length !== 4) {
    throw new ShapeError(
      `an input ${shapeText(x.shape)} and weights ${shapeText(w.shape)} are not images: DeformConv takes two spatial dimensions`,
    );
  }
  const { offsetGroup } = attributes;
  const { inC, outC } = groupedChannels(x.shape, w.shape, attributes.group);
  if (!Number.isInteger(offsetGroup) || offsetGroup < 1 || inC % offsetGroup !== 0) {
    throw new ShapeError(`${inC} input channels do not divide into ${offsetGroup} offset groups`);
  }
  const kernel = w.shape.slice(0, 2);
  const axes = windowAxes({ ...attributes, padMode: 'explicit' }, x.shape, kernel);
  const pixels = [at(x.shape, 0), ...axes.map((axis) => outputExtent(axis))];
  const taps = offsetGroup * product(kernel);
  checkOperand('offsets', operand(inputs, 2).shape, [...pixels, taps * 2]);
  if (inputs[3]) checkOperand('bias', inputs[3].shape, [outC]);
  if (inputs[4]) checkOperand('masks', inputs[4].shape, [...pixels, taps]);
  const shape = [...pixels, outC];
  elementCount(shape);
  return [{ dtype: x.dtype, shape }];
}

function checkOperand(what: string, shape: Shape, wanted: Shape): void {
  if (!sameArray(shape, wanted)) {
    throw new ShapeError(`the ${what}: ${shapeText(shape)}; window, groups and output need ${shapeText(wanted)}`);
  }
}

/**
 * x `[N, H, W, C]` with weights `[kH, kW, C/group, M]` and offsets to `[N, oH, oW, M]`. Samples between pixels are bilinear, what
 * lies outside counts 0, and so does a sample at a NaN. Throws ShapeError where window, groups, offsets, bias or masks do
 * not fit.
 */
export const deformConv: OpDefinition<'DeformConv'> = {
  infer,
  reference: lazy(() => import('./deform-conv-loop.ts'), 'deformConvReference'),
  multiplyAdds: (_node, inputs, outputs) => {
    const w = inputs[1]?.shape ?? [];
    return product(at(outputs, 0).shape) * product(w.slice(0, -1));
  },
  parameters: () => [
    { slot: 1, role: 'weight', channels: -1 },
    { slot: 3, role: 'bias', channels: 0 },
  ],
  // Offsets may reach anywhere: this is the window without them.
  sees: ({ attributes }, inputs) =>
    windowSteps({ ...attributes, padMode: 'explicit' }, inputs[1]?.shape.slice(0, -2) ?? []),
};
