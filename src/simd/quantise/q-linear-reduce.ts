/** QLinearReduce as a call of a WASM kernel. */
import { axesOrAll } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import { reductionPlan, type ReductionPlan } from '../../ir/quantise/reductions.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { bytesLess } from '../lib/integer-products.ts';
import { isByte, knownScalars, offsetWords, uniformHead } from '../lib/quantised.ts';
import { bitsOf, REQUANTISE_RULES, rescalingOf, resultWords, type Rescaling } from '../lib/requantise.ts';

/** Results of a unit, which has memory for their sums. */
const TOGETHER = 64;
/** Elements whose sum has room in int32. */
const MOST_FOLDED = 2 ** 22;

/** Means and sums over neighbouring dimensions. */
export function qLinearReduce(context: SimdContext<'QLinearReduce'>): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const { kind, rounding } = attributes;
  const [x] = context.inputs;
  const y = at(context.outputs, 0);
  const source = context.constant(1);
  const scalars = knownScalars(context, [1, 2, 3, 4]);
  if (!isByte(x) || !isByte(y) || !source || !scalars) return undefined;
  const [sx = 1, zx = 0, sy = 1, zy = 0] = scalars;
  const axes = axesOrAll(attributes.axes, x.shape.length);
  const [first = 0] = axes;
  const fold = product(axes.map((axis) => at(x.shape, axis)));
  if (fold > MOST_FOLDED || axes.some((axis, i) => axis !== first + i)) return undefined;
  const plan = reductionPlan(kind, rounding, { scales: [sx, sy], zeroPoints: [zx, zy], count: fold });
  const rescaling = rescalingFor(plan);
  if (!rescaling || !Number.isFinite(plan.added)) return undefined;
  const result =
    plan.rule === 'fixed'
      ? resultWords(rescaling, attributes, y, plan.added)
      : offsetWords(rescaling, attributes, plan.added);
  if (!result) return undefined;
  const count = elementCount(y.shape);
  const subtracted = plan.rule === 'fixed' ? plan.subtracted : 0;
  const less = bytesLess({ unsigned: x.dtype === 'uint8', zeroPoint: subtracted });
  return [
    {
      kernel: 'quantise/reduce',
      operands: [inputOperand(context, 0), uniformHead(source, rescaling), outputOperand(context)],
      ints: [count, fold, product(x.shape.slice(first + axes.length)), ...less, ...result.ints],
      floats: result.floats,
      units: ceilDiv(count, TOGETHER),
      scratch: 4 * TOGETHER,
    },
  ];
}

function rescalingFor(plan: ReductionPlan): Rescaling | undefined {
  if (plan.rule === 'fixed') return rescalingOf(plan.multipliers);
  const { multiplier } = plan;
  const words = [bitsOf(multiplier), 0, 0] as const;
  return Number.isFinite(multiplier) ? { rule: REQUANTISE_RULES.converted, words: () => words } : undefined;
}
