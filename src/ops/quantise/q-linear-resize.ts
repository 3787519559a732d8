/** QLinearResize: bilinear interpolation of integers, which keep their scale. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros } from '../../core/tensor.ts';
import { blend, blendAxis, blendRule } from '../../ir/quantise/resize.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { checkByte } from '../lib/quantised.ts';

/** x `[N, H, W, C]` to `[N, …sizes, C]`. Throws ShapeError on other ranks. */
export const qLinearResize: OpDefinition<'QLinearResize'> = {
  infer: ({ attributes: { sizes } }, inputs) => {
    const x = operand(inputs, 0);
    checkByte(x);
    if (x.shape.length !== 4) throw new ShapeError(`QLinearResize of ${shapeText(x.shape)} is not defined`);
    const shape = [at(x.shape, 0), ...sizes, at(x.shape, 3)];
    elementCount(shape);
    return [{ dtype: x.dtype, shape }];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const x = tensorAt(inputs, 0);
    const [, height, width, channels] = x.shape as [number, number, number, number];
    const { dtype, shape } = at(outputs, 0);
    const rule = blendRule(attributes, dtype);
    const rows = blendAxis(rule, attributes.coordinateMode, height, at(shape, 1));
    const columns = blendAxis(rule, attributes.coordinateMode, width, at(shape, 2));
    const y = zeros(dtype, shape);
    let to = 0;
    for (let n = 0; n < at(shape, 0); n++) {
      for (let i = 0; i < at(shape, 1); i++) {
        for (let j = 0; j < at(shape, 2); j++) {
          const offset = (row: number, column: number): number => ((n * height + row) * width + column) * channels;
          const [top, bottom] = [at(rows.lower, i), at(rows.upper, i)];
          const [left, right] = [at(columns.lower, j), at(columns.upper, j)];
          const corners = [offset(top, left), offset(top, right), offset(bottom, left), offset(bottom, right)];
          for (let c = 0; c < channels; c++) {
            const four = corners.map((corner) => x.data[corner + c] ?? 0) as [number, number, number, number];
            y.data[to++] = blend(rule, four, at(columns.weights, j), at(rows.weights, i));
          }
        }
      }
    }
    return [y];
  },
  sees: (_node, inputs, outputs) =>
    [1, 2].map((axis) => ({
      kernel: 2,
      stride: (inputs[0]?.shape[axis] ?? 1) / Math.max(1, outputs[0]?.shape[axis] ?? 1),
    })),
  quantised: { operands: [] },
};
