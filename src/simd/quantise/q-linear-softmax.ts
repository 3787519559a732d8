/** QLinearSoftmax as a call of a WASM kernel. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { extremesOf } from '../../core/extremes.ts';
import { elementCount } from '../../core/tensor.ts';
import { softmaxQuotients, softmaxTables } from '../../ir/quantise/softmax.ts';
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { flipOf, isByte, knownScalars, wordTables } from '../lib/quantised.ts';

/** Softmax by either rule; not its logarithm. */
export function qLinearSoftmax(context: SimdContext<'QLinearSoftmax'>): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [x] = context.inputs;
  const y = at(context.outputs, 0);
  const source = context.constant(1);
  const scalars = knownScalars(context, [1, 2, 3, 4]);
  if (!isByte(x) || !isByte(y) || !source || !scalars || attributes.log) return undefined;
  const [scale = 1, , result = 1, zeroPoint = 0] = scalars;
  const axis = normalizeAxis(attributes.axis, x.shape.length);
  const n = at(x.shape, axis);
  const quotients = attributes.rounding === 'float-even';
  const { tables, counted, steps } = (quotients ? quotientWords : fixedWords)(context, scale, result, n);
  const [lowest] = extremesOf(y.dtype);
  const key = ['softmax', quotients, attributes.beta, scale, result, n].join(' ');
  return [
    {
      kernel: 'quantise/softmax',
      operands: [inputOperand(context, 0), wordTables(source, tables, key), outputOperand(context)],
      ints: [
        n,
        product(x.shape.slice(axis + 1)),
        flipOf(x),
        counted,
        steps,
        quotients ? zeroPoint : lowest,
        ...attributes.range,
      ],
      units: elementCount(x.shape) / n,
    },
  ];
}

/** What the kernel reads of a rule. */
interface SoftmaxWords {
  readonly tables: readonly ArrayLike<number>[];
  readonly counted: number;
  readonly steps: number;
}

function quotientWords(
  { node }: SimdContext<'QLinearSoftmax'>,
  scale: number,
  result: number,
  n: number,
): SoftmaxWords {
  const { exponentials, steps } = softmaxQuotients(node.attributes, { scale, result, n });
  return { tables: [exponentials, exponentials], counted: 256, steps };
}

function fixedWords({ node }: SimdContext<'QLinearSoftmax'>, scale: number): SoftmaxWords {
  const { exponentials, terms, counted } = softmaxTables(node.attributes, scale);
  return { tables: [exponentials, terms], counted, steps: 0 };
}
