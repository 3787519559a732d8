/** Matrix products that onnxruntime's optimiser writes for several nodes. */
import { isFloat } from '../../../../core/dtype.ts';
import { NO_ACTIVATION, type Activation, type ActivationKind } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

/** alpha · A · B, each transposed before; `transBatch…` brings the first dimension before the last. */
export function fusedMatMul(n: OnnxNode): string {
  const operand = (index: 0 | 1, batches: string): string => {
    const x = n.input(index);
    if (!n.attr.flag(batches, false)) return x;
    const rank = n.rank(index);
    if (rank < 3) n.fail(`${batches} of an operand of rank ${rank}`);
    return n.one('Transpose', [x], { perm: [...range(rank - 2).map((i) => i + 1), 0, rank - 1] });
  };
  const [a, b] = [operand(0, 'transBatchA'), operand(1, 'transBatchB')];
  // A vector is not transposed.
  const trans = (index: 0 | 1, name: string): boolean => n.attr.flag(name, false) && n.facts(index).rank !== 1;
  const attributes = { transA: trans(0, 'transA'), transB: trans(1, 'transB'), activation: NO_ACTIVATION };
  const product = n.one('MatMul', [a, b], attributes);
  const alpha = n.attr.float('alpha', 1);
  const { dtype = 'float32' } = n.facts(0);
  if (!isFloat(dtype)) n.fail(`a product of ${dtype}, which only MatMul has`);
  return alpha === 1 ? product : n.binary('mul', product, n.scalar(dtype, alpha));
}

/** Gemm and an activation. */
export function fusedGemm(n: OnnxNode): string {
  const c = n.optional(2);
  const activation = activationOf(n);
  return n.one('Gemm', [n.input(0), n.input(1), ...(c === '' ? [] : [c])], {
    alpha: n.attr.float('alpha', 1),
    beta: n.attr.float('beta', 1),
    transA: n.attr.flag('transA', false),
    transB: n.attr.flag('transB', false),
    activation,
  });
}

/** Activations by name, and what their parameters are where the node does not say. */
const APPENDED: Readonly<Record<string, readonly [ActivationKind, alpha?: number, beta?: number]>> = {
  '': ['none'],
  Relu: ['relu'],
  Sigmoid: ['sigmoid'],
  Tanh: ['tanh'],
  Softsign: ['softsign'],
  Softplus: ['softplus'],
  LeakyRelu: ['leakyRelu', 0.01],
  Elu: ['elu', 1],
  HardSigmoid: ['hardSigmoid', 0.2, 0.5],
};

function activationOf(n: OnnxNode): Activation {
  const [kind, alpha, beta] = APPENDED[n.attr.choice('activation', '', Object.keys(APPENDED))] ?? ['none'];
  n.attr.ignore('activation_alpha', 'activation_beta', 'activation_gamma');
  return {
    kind,
    alpha: alpha === undefined ? 0 : n.attr.float('activation_alpha', alpha),
    beta: beta === undefined ? 0 : n.attr.float('activation_beta', beta),
  };
}
