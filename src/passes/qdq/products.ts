/** Convolutions and matrix products of quantised operands whose result is quantised: on integers throughout. */
import { tensorOf } from '../../core/tensor.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { IntegerFinder, Target } from './integers.ts';

/** Weights as integers: value, scales, zero points; and the scales as numbers. */
interface Weights {
  readonly operands: readonly string[];
  readonly scales: readonly number[];
}

/** The product as an operator on integers; undefined where an operand is none of integers. */
export function quantisedProduct(node: Node, target: Target, finder: IntegerFinder): string | undefined {
  switch (node.op) {
    case 'Conv':
      return node.inputs[3] || node.inputs[4] ? undefined : convolution(node, target, finder);
    case 'ConvTranspose':
      return convolution(node, target, finder);
    case 'MatMul':
      return matrices(node, target, finder, { alpha: 1, beta: 1, ...node.attributes });
    case 'Gemm':
      return matrices(node, target, finder, node.attributes);
    default:
      return undefined;
  }
}

const requantised = ({ range: held }: Target) => ({ rounding: 'float-even', range: held }) as const;

function convolution(
  node: NodeOf<'Conv'> | NodeOf<'ConvTranspose'>,
  target: Target,
  finder: IntegerFinder,
): string | undefined {
  const { rewriter } = finder;
  const [input = '', w = '', bias = ''] = node.inputs;
  const { shape } = rewriter.desc(input);
  // The kernels on integers know rows and pictures.
  if (node.attributes.activation.kind !== 'none' || shape.length > 4) return undefined;
  const x = finder.integersOf(input);
  const weights = x && weightsOf(w, rewriter.desc(w).shape.length - 1, finder);
  if (!x || !weights) return undefined;
  const channels = at(rewriter.desc(at(node.outputs, 0)).shape, shape.length - 1);
  const ints = biasOf(bias, { unit: (i) => x.scale * pick(weights.scales, i), factor: 1, channels }, target, finder);
  if (!ints) return undefined;
  const operands = [...finder.operand(x), ...weights.operands, ...finder.affine(target), ...ints];
  const { activation: _, ...attributes } = node.attributes;
  if (node.op === 'Conv') {
    const { strides, dilations, pads, padMode, group } = node.attributes;
    return rewriter.one('QLinearConv', operands, { strides, dilations, pads, padMode, group, ...requantised(target) });
  }
  return rewriter.one('QLinearConvTranspose', operands, {
    ...(attributes as Omit<NodeOf<'ConvTranspose'>['attributes'], 'activation'>),
    ...requantised(target),
  });
}

function matrices(
  node: NodeOf<'MatMul'> | NodeOf<'Gemm'>,
  target: Target,
  finder: IntegerFinder,
  { alpha, beta, transA, transB }: { alpha: number; beta: number; transA: boolean; transB: boolean },
): string | undefined {
  const { rewriter } = finder;
  const [left = '', right = '', bias = ''] = node.inputs;
  const { shape } = rewriter.desc(right);
  if (node.attributes.activation.kind !== 'none' || shape.length < 2) return undefined;
  const a = finder.integersOf(left);
  const b = a && weightsOf(right, shape.length - (transB ? 2 : 1), finder);
  if (!a || !b || !(alpha > 0)) return undefined;
  const channels = at(shape, shape.length - (transB ? 2 : 1));
  const scaled = { ...a, scale: Math.fround(alpha * a.scale) };
  const unit = (i: number): number => scaled.scale * pick(b.scales, i);
  const ints = biasOf(bias, { unit, factor: beta, channels }, target, finder);
  if (!ints) return undefined;
  const operands = [...finder.operand(scaled), ...b.operands, ...finder.affine(target), ...ints];
  return rewriter.one('QLinearMatMul', operands, { transA, transB, ...requantised(target) });
}

const pick = (values: readonly number[], i: number): number => at(values, values.length === 1 ? 0 : i);

/** Weights of one scale, or of as many as there are channels along `axis`. */
function weightsOf(value: string, axis: number, finder: IntegerFinder): Weights | undefined {
  const one = finder.integersOf(value);
  if (one) return { operands: finder.operand(one), scales: [one.scale] };
  const many = finder.channelsOf(value);
  if (many?.axis !== axis) return undefined;
  const scales = Array.from(finder.rewriter.constant(many.scales)?.data ?? []);
  if (!scales.every((scale) => scale > 0 && scale < Infinity)) return undefined;
  return { operands: [many.value, many.scales, many.zeroPoints], scales };
}

/** By how many steps of the result a bias may be off that is rounded to integers of the scale that sums have. */
const BIAS_ERROR = 2 ** -6;

/** Integers beyond are no bias: with sums of products they would leave 32 bits. */
const MOST_BIAS = 2 ** 30;

/** A bias as integers of the sums' scale: none or one operand; undefined where it is not known, or integers would say another. */
function biasOf(
  value: string,
  { unit, factor, channels }: { unit: (channel: number) => number; factor: number; channels: number },
  target: Target,
  finder: IntegerFinder,
): readonly string[] | undefined {
  if (value === '') return [];
  const reals = finder.constantOf(value);
  const { shape, data } = reals ?? { shape: [], data: [] };
  const varies = shape.length === 0 ? 1 : at(shape, shape.length - 1);
  // One for each channel, or one for all; a matrix has others for each row.
  if (!reals || product(shape) !== varies || (varies !== 1 && varies !== channels)) return undefined;
  const steps = range(channels).map((i) => (factor * at(data, varies === 1 ? 0 : i)) / unit(i));
  const ints = steps.map(Math.round);
  const off = steps.some((step, i) => {
    const error = Math.abs(step - at(ints, i));
    return !(Math.abs(step) < MOST_BIAS) || (error * unit(i)) / target.scale > BIAS_ERROR;
  });
  if (off) return undefined;
  return [
    finder.rewriter.addConstant(
      'bias',
      tensorOf(
        'int32',
        [channels],
        ints.map((v) => v + 0),
      ),
    ),
  ];
}
