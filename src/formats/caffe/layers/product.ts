/** Inner products. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { CaffeContext } from '../context.ts';

/** The dimensions from an axis on are one vector each, whatever is before them stays. */
function innerProduct(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('inner_product_param');
  param.ignore('weight_filler', 'bias_filler');
  const axis = c.axis(param.integer('axis', 1), c.rank(x));
  const outputs = param.count('num_output', 0, 1);
  const transposed = param.flag('transpose', false);
  const vector = c.extents(x).slice(axis);
  const inputs = vector.reduce<number | undefined>(
    (all, extent) => (all === undefined || extent === undefined ? undefined : all * extent),
    1,
  );
  const weights = c.blob(0, transposed ? [inputs, outputs] : [outputs, inputs]);
  const bias = param.flag('bias_term', true) ? [c.blob(1, [outputs])] : [];
  const rows = vector.length === 1 ? x : c.reshape(x, [...range(axis).map(() => 0), -1]);
  if (axis === 1) {
    const attributes = { alpha: 1, beta: 1, transA: false, transB: !transposed, activation: NO_ACTIVATION };
    return c.main('Gemm', [rows, weights, ...bias], attributes);
  }
  const product = c.main('MatMul', [rows, weights], { transA: false, transB: !transposed, activation: NO_ACTIVATION });
  return bias.reduce((sum, addend) => c.binary('add', sum, addend), product);
}

/** Products. */
export const PRODUCT = { InnerProduct: innerProduct };
