/** Local response normalisation. */
import type { GraphTranslation } from '../../context.ts';

export const lrn: GraphTranslation = (c) => {
  const size = 2 * c.attr.int('depth_radius', 5) + 1;
  // TensorFlow multiplies the sum by alpha, the engine (as ONNX) by alpha / size.
  const alpha = c.attr.float('alpha', 1) * size;
  return c.one('LRN', [c.input(0)], { size, alpha, beta: c.attr.float('beta', 0.5), bias: c.attr.float('bias', 1) });
};
