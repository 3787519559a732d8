/** What the converter fused into a product: bias, residual and activation, as operands behind the first two inputs. */
import type { Activation } from '../../../../ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../../../ir/ops.ts';
import type { NodeContext } from '../context.ts';
import { own } from '../../../../util/own.ts';

/** Functions that the converter fuses by name. Prelu has an operand and is handled apart. */
const FUSED: Readonly<Record<string, (c: NodeContext) => Activation>> = {
  Relu: () => RELU,
  Relu6: () => RELU6,
  Elu: () => ({ kind: 'elu', alpha: 1, beta: 0 }),
  LeakyRelu: (c) => ({ kind: 'leakyRelu', alpha: c.attr.float('leakyrelu_alpha', 0.2), beta: 0 }),
  Sigmoid: () => ({ kind: 'sigmoid', alpha: 0, beta: 0 }),
  Tanh: () => ({ kind: 'tanh', alpha: 0, beta: 0 }),
};

/** What follows a fused product: operands by value name, '' where absent. */
export interface FusedOps {
  readonly bias: string;
  readonly residual: string;
  readonly activation: Activation;
  readonly slope: string;
}

/** Reads `fused_ops`. Refuses functions the engine cannot append, and any behind the activation. */
export function epilogue(c: NodeContext): FusedOps {
  let next = 2;
  let bias = '';
  let residual = '';
  let slope = '';
  let activation = NO_ACTIVATION;
  for (const name of c.attr.strings('fused_ops')) {
    const fused = own(FUSED, name);
    const last = activation.kind !== 'none' || slope !== '';
    if (last) c.refuse(`fused_ops with ${name} after the activation`);
    if (name === 'BiasAdd' && bias === '' && residual === '') bias = c.input(next++);
    else if (name === 'Add' && residual === '') residual = c.input(next++);
    else if (name === 'Prelu') slope = c.input(next++);
    else if (fused) activation = fused(c);
    else c.refuse(`fused_ops ${name}`);
  }
  return { bias, residual, activation, slope };
}
