/** Activations as kernels see them. */
import type { Activation, ActivationKind } from '../../ir/ops.ts';
import type { SimdCall } from '../definition.ts';

/** As `assembly/activation.ts` has them. */
const KINDS: { readonly [K in ActivationKind]: number } = {
  none: 0,
  relu: 1,
  clip: 2,
  leakyRelu: 3,
  elu: 4,
  selu: 5,
  celu: 6,
  sigmoid: 7,
  hardSigmoid: 8,
  hardSwish: 9,
  swish: 10,
  tanh: 11,
  softplus: 12,
  softsign: 13,
  mish: 14,
  gelu: 15,
  geluTanh: 16,
};

/** The number of a kind of activation. */
export function activationKind({ kind }: Activation): number {
  return KINDS[kind];
}

/** The bounds between which an activation clips; nothing for one that does something else. */
export function clipOf({ kind, alpha, beta }: Activation): readonly [number, number] | undefined {
  if (kind === 'none') return [-Infinity, Infinity];
  if (kind === 'relu') return [0, Infinity];
  return kind === 'clip' ? [alpha, beta] : undefined;
}

/** What a call is given of its activation: `Finish` of `assembly/lib/epilogue.ts`, whose kind is the last of its integers. */
export function finishOf(activation: Activation): { readonly kind: number } & Pick<SimdCall, 'floats' | 'activates'> {
  const bounds = clipOf(activation);
  if (bounds) return { kind: 0, floats: bounds };
  return { kind: activationKind(activation), floats: [activation.alpha, activation.beta], activates: true };
}

/** The exponential: the same kernel has it, though no Activation does. */
export const EXP = 17;

/** The error function, likewise. */
export const ERF = 18;
