/** What products of quantised operands are given beside x: weights, scales, zero points and a bias that are all known. */
import type { Tensor } from '../../core/tensor.ts';
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import { at } from '../../util/arrays.ts';
import type { SimdContext } from '../definition.ts';
import { tensorKey } from './identity.ts';
import type { IntegerMatrix } from './int16-panels.ts';
import type { IntegerProduct } from './integer-products.ts';
import { RAW_SUMS, rescalingOf, resultWords } from './requantise.ts';

/** Operators that have QLinearConv's inputs. */
export type QuantisedProduct = 'QLinearConv' | 'QLinearConvTranspose' | 'QLinearMatMul';

/** Those that give their sums. */
export type SummedProduct = 'ConvInteger' | 'MatMulInteger';

/** Constants of a product. */
export interface ProductConstants extends Pick<
  IntegerMatrix,
  'source' | 'zeroPoints' | 'bias' | 'rescaling' | 'scales'
> {
  readonly xZeroPoint: number;
  readonly result: IntegerProduct['result'];
}

/** The constants of a node; nothing where one of them is not known. `inFloat`: scales are multiplied in single precision. */
export function quantisedWeights<K extends QuantisedProduct>(
  context: SimdContext<K>,
  inFloat: boolean,
): ProductConstants | undefined {
  const source = context.constant(3);
  const scales = source && productScales(context, inFloat);
  return scales && { ...scales, source };
}

/** The same but for weights. */
export function productScales<K extends QuantisedProduct>(
  { node, inputs, outputs, constant }: SimdContext<K>,
  inFloat: boolean,
): Omit<ProductConstants, 'source'> | undefined {
  const { rounding } = node.attributes;
  const [zeroPoints, bias] = [constant(5), constant(8)];
  const scales = [1, 4, 6].map((input) => constant(input));
  const [first, second, result] = scales;
  const [x, y] = [constant(2), constant(7)];
  if (!zeroPoints || !first || !second || !result || !x || !y || (inputs[8] && !bias)) return undefined;
  const rescaling = rescalingOf(
    productMultipliers(rounding, {
      first: only(first),
      second: Array.from(second.data),
      result: only(result),
      inFloat,
    }),
  );
  const words = rescaling && resultWords(rescaling, node.attributes, at(outputs, 0), only(y));
  if (!rescaling || !words) return undefined;
  const key = [rounding, inFloat, ...scales.map(tensorKey)].join(' ');
  return { zeroPoints, bias, rescaling, scales: key, xZeroPoint: only(x), result: words };
}

/** The same of a product that gives its sums. */
export function integerWeights<K extends SummedProduct>({
  inputs,
  constant,
}: SimdContext<K>): ProductConstants | undefined {
  const [source, x, zeroPoints] = [constant(1), constant(2), constant(3)];
  const known = (!inputs[2] || x?.data.length === 1) && (!inputs[3] || zeroPoints);
  if (!source || !known) return undefined;
  const result = { ints: [RAW_SUMS.rule, 0, 0, 0], floats: [0] };
  const xZeroPoint = x ? only(x) : 0;
  return { source, zeroPoints, bias: undefined, rescaling: RAW_SUMS, scales: 'raw', xZeroPoint, result };
}

/** The only element. */
function only({ data }: Tensor): number {
  return at(data, 0);
}
