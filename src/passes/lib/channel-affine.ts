/** Nodes that scale and shift each channel by constants: BatchNormalization, and arithmetic with per-channel constants. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import type { Activation, Node, NodeOf } from '../../ir/ops.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import { splitConstant, uniformValue } from './constants.ts';
import type { Rewriter } from './rewriter.ts';

/** y = activation(scale·x + shift), with one scale and one shift per position of `axis`, in float64. */
export interface ChannelAffine {
  readonly value: string;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  readonly activation: Activation;
}

/** The node as a per-channel affine map along `axis` of its input; undefined when it is none, or not finite. */
export function channelAffine(node: Node, axis: number, rewriter: Rewriter): ChannelAffine | undefined {
  const affine =
    node.op === 'BatchNormalization'
      ? fromNormalization(node, axis, rewriter)
      : node.op === 'Binary'
        ? fromBinary(node, axis, rewriter)
        : undefined;
  return affine && allFinite(affine.scale) && allFinite(affine.shift) ? affine : undefined;
}

/** scale·(x − mean)/√(variance + ε) + bias */
function fromNormalization(
  node: NodeOf<'BatchNormalization'>,
  axis: number,
  rewriter: Rewriter,
): ChannelAffine | undefined {
  const [value = '', ...parameters] = node.inputs;
  const [scale, bias, mean, variance] = parameters.map((p) => rewriter.constant(p)?.data);
  if (!scale || !bias || !mean || !variance) return undefined;
  if (normalizeAxis(node.attributes.axis, rewriter.desc(value).shape.length) !== axis) return undefined;
  const factor = Float64Array.from(scale, (s, i) => s / Math.sqrt(at(variance, i) + node.attributes.epsilon));
  const shift = factor.map((f, i) => at(bias, i) - f * at(mean, i));
  return { value, scale: factor, shift, activation: node.attributes.activation };
}

/** x + c, x − c, c − x, x · c, x / c */
function fromBinary(node: NodeOf<'Binary'>, axis: number, rewriter: Rewriter): ChannelAffine | undefined {
  const split = splitConstant(node, rewriter);
  if (!split) return undefined;
  const { value, constant, flipped } = split;
  const { shape } = rewriter.desc(value);
  const c = axis < shape.length ? perChannel(constant, shape, axis) : undefined;
  if (!c) return undefined;
  const of = (scale: (v: number) => number, shift: (v: number) => number): ChannelAffine => {
    return { value, scale: c.map(scale), shift: c.map(shift), activation: NO_ACTIVATION };
  };
  const [zero, one] = [() => 0, () => 1];
  const [same, minus] = [(v: number) => v, (v: number) => -v];
  switch (node.attributes.kind) {
    case 'add':
      return of(one, same);
    case 'sub':
      return flipped ? of(() => -1, same) : of(one, minus);
    case 'mul':
      return of(same, zero);
    case 'div':
      return flipped ? undefined : of((v) => 1 / v, zero);
    default:
      return undefined;
  }
}

/** True when every element is a finite number. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/**
 * The elements of a constant that broadcasts to `shape` and varies along `axis` alone, one per position of that axis.
 * Undefined when it varies along another.
 */
function perChannel(t: Tensor, shape: Shape, axis: number): Float64Array | undefined {
  const channels = at(shape, axis);
  const uniform = uniformValue(t);
  if (uniform !== undefined) return new Float64Array(channels).fill(uniform);
  const own = axis - (shape.length - t.shape.length);
  const varies = range(t.shape.length).filter((i) => at(t.shape, i) !== 1);
  if (varies.length !== 1 || varies[0] !== own || t.data.length !== channels) return undefined;
  return Float64Array.from(t.data);
}
