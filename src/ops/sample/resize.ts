/** Resize of the spatial dimensions, nearest or linear, with every coordinate transformation of ONNX Resize-19. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { resizeTable, scaledAxis, sizedAxis, type ResizeAxis, type ResizeTable } from '../../ir/shapes/resize.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition, Operand, Operands } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The axes of a Resize, from whichever of `scales` and `sizes` is given. Throws ShapeError unless exactly one is. */
export function resizeAxes(shape: Shape, scales: Operand | undefined, sizes: Operand | undefined): ResizeAxis[] {
  const spatial = shape.slice(1, -1);
  const given = scales ?? sizes;
  if (!given || (scales && sizes)) throw new ShapeError('Resize needs either scales or sizes');
  if (!given.value)
    throw new ShapeError('the extent of Resize depends on the data; it must follow from the input shapes');
  const values = Array.from(given.value.data);
  if (values.length !== spatial.length) {
    throw new ShapeError(
      `${values.length} ${scales ? 'scales' : 'sizes'} for ${spatial.length} spatial dimensions of ${shapeText(shape)}`,
    );
  }
  if (!values.every((v) => Number.isFinite(v) && v > 0))
    throw new ShapeError(`Resize by [${values.join(', ')}] is not defined`);
  return spatial.map((input, i) => (scales ? scaledAxis(input, at(values, i)) : sizedAxis(input, at(values, i))));
}

function infer(inputs: Operands): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  if (shape.length < 3) throw new ShapeError(`rank ${shape.length} is not batch, spatial dimensions and channels`);
  const axes = resizeAxes(shape, inputs[1], inputs[2]);
  axes.forEach(({ input, output }) => {
    if (input < 1 || output < 1) throw new ShapeError(`Resize from ${input} to ${output} elements is not defined`);
  });
  const resized = [at(shape, 0), ...axes.map((axis) => axis.output), at(shape, shape.length - 1)];
  elementCount(resized);
  return [{ dtype, shape: resized }];
}

/** x `[N, …S, C]` to `[N, …S', C]`. Throws ShapeError unless scales or sizes are known, and on linear integers. */
export const resize: OpDefinition<'Resize'> = {
  infer: ({ attributes }, inputs) => {
    const outputs = infer(inputs);
    const { dtype } = at(outputs, 0);
    if (attributes.mode === 'linear' && !isFloat(dtype))
      throw new ShapeError(`linear Resize of ${dtype} is not defined`);
    return outputs;
  },
  shapeInputs: [1, 2],
  reference: ({ attributes }, inputs, outputs) => {
    const x = tensorAt(inputs, 0);
    const { dtype, shape } = at(outputs, 0);
    const y = zeros(dtype, shape);
    const known = inputs.map((t) => t && { ...t, value: t });
    const axes = resizeAxes(x.shape, known[1], known[2]);
    const pixels = blends(axes.map((axis) => ({ input: axis.input, table: resizeTable(attributes, axis) })));
    const channels = at(shape, shape.length - 1);
    const imagePixels = product(x.shape.slice(1, -1));
    let out = 0;
    for (let n = 0; n < at(shape, 0); n++) {
      for (const blend of pixels) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (const { pixel, share } of blend) sum += share * (x.data[(n * imagePixels + pixel) * channels + c] ?? 0);
          y.data[out++] = sum;
        }
      }
    }
    return [y];
  },
  // Interpolation reads two neighbours a dimension; what outputs see moves closer together or further apart.
  sees: ({ attributes }, inputs, outputs) => {
    const to = outputs[0]?.shape.slice(1, -1) ?? [];
    const from = inputs[0]?.shape.slice(1, -1) ?? [];
    return from.map((extent, i) => ({ kernel: attributes.mode === 'linear' ? 2 : 1, stride: extent / (to[i] ?? 1) }));
  },
};

/** One input pixel's share of an output pixel. */
interface Contribution {
  readonly pixel: number;
  readonly share: number;
}

/** What each output pixel is made of, in row-major order: the product of the tables. */
function blends(axes: readonly { readonly input: number; readonly table: ResizeTable }[]): Contribution[][] {
  let all: Contribution[][] = [[{ pixel: 0, share: 1 }]];
  for (const { input, table } of axes) {
    const next = Array.from(table.low, (low, i): Contribution[] => {
      const share = table.share[i] ?? 0;
      const one = { pixel: low, share: 1 - share };
      return share === 0 ? [one] : [one, { pixel: table.high[i] ?? 0, share }];
    });
    all = all.flatMap((outer) => next.map((inner) => cross(outer, inner, input)));
  }
  return all;
}

function cross(outer: readonly Contribution[], inner: readonly Contribution[], extent: number): Contribution[] {
  return outer.flatMap((a) => inner.map((b) => ({ pixel: a.pixel * extent + b.pixel, share: a.share * b.share })));
}
