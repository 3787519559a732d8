/** Convolutions of 1×1 as products: rows are pixels. */
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { productCall, rightPanels, type ProductOfMatrices } from './product-calls.ts';

/** Calls of a convolution whose window is one pixel, without groups; nothing for any other. */
export function pointwiseCalls(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const w = inputs[1]?.shape ?? [];
  const { group, pads, activation } = node.attributes;
  const isOnePixel = w.slice(0, -2).every((n) => n === 1) && pads.every((n) => n === 0);
  const pixels = isOnePixel && group === 1 ? pixelRows(context) : undefined;
  const [depth, columns] = [at(w, w.length - 2), at(w, w.length - 1)];
  const right = pixels && rightPanels(context, { depth, columns }, 5);
  if (!right) return undefined;
  const call = productCall({
    a: inputOperand(context, 0),
    w: right.w,
    y: outputOperand(context),
    residual: inputOperand(context, 3),
    gate: inputOperand(context, 4),
    depth,
    columns,
    activation,
    ...pixels,
  });
  return at(outputs, 0).shape.includes(0) ? [] : [...right.calls, call];
}

/** Which pixels are rows; nothing for strides over three dimensions. Images are matrices of their own where they must be. */
function pixelRows({
  node,
  inputs,
  outputs,
}: SimdContext<'Conv'>): (Partial<ProductOfMatrices> & Pick<ProductOfMatrices, 'batch' | 'rows'>) | undefined {
  const x = inputs[0]?.shape ?? [];
  const y = at(outputs, 0).shape.slice(0, -1);
  const { strides } = node.attributes;
  const batch = at(y, 0);
  const images = { batch, rows: product(y.slice(1)), aChoice: { each: 1, count: batch } };
  if (strides.every((n) => n === 1)) return inputs[4] ? images : { batch: 1, rows: product(y) };
  if (strides.length > 2) return undefined;
  const [down = 1, right = 1] = strides.length === 1 ? [1, at(strides, 0)] : strides;
  const [width, depth] = [at(x, x.length - 2), at(x, x.length - 1)];
  const run = at(y, y.length - 1);
  const layout = {
    matrixStep: product(x.slice(1)),
    run,
    runStep: down * width * depth,
    rowStep: right * depth,
    step: 1,
  };
  return { ...images, layout };
}
