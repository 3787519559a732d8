/** Functions of one element, as layers of their own and as the last step of products. */
import { NO_ACTIVATION, RELU, type ActivationKind } from '../../../ir/ops.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** What a layer's parameters say is done to its result: 9 and 10, or where `id` says, the function and its numbers. */
export function fused(c: NcnnContext, y: string, id = 9): string {
  const kind = c.int(id, 0);
  const [a, b] = c.floatList(id + 1);
  switch (kind) {
    case 0:
      return y;
    case 1:
      return c.activate(y, RELU);
    case 2:
      return leakyRelu(c, y, a ?? c.fail('its leaky ReLU has no slope'));
    case 3:
      if (a === undefined || b === undefined) c.fail('its clip has no bounds');
      return clip(c, y, a, b);
    case 4:
      return plain(c, y, 'sigmoid');
    case 5:
      return plain(c, y, 'mish');
    case 6:
      if (a === undefined || b === undefined) c.fail('its hard swish has no alpha and beta');
      return hardSwish(c, y, a, b);
    default:
      return c.refuse(`fused activation ${kind}`);
  }
}

function plain(c: NcnnContext, x: string, kind: ActivationKind): string {
  return c.activate(x, { ...NO_ACTIVATION, kind });
}

function leakyRelu(c: NcnnContext, x: string, slope: number): string {
  return c.activate(x, slope === 0 ? RELU : { kind: 'leakyRelu', alpha: slope, beta: 0 });
}

function clip(c: NcnnContext, x: string, least: number, most: number): string {
  return c.activate(x, { kind: 'clip', alpha: least, beta: most });
}

/** x·clip(alpha·x + beta, 0, 1); files give a sixth in six or seven digits. */
function hardSwish(c: NcnnContext, x: string, alpha: number, beta: number): string {
  if (Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5) return plain(c, x, 'hardSwish');
  return c.binary('mul', x, c.activate(x, { kind: 'hardSigmoid', alpha, beta }));
}

function function1(kind: ActivationKind): NcnnTranslation {
  return (c) => plain(c, c.input(), kind);
}

/** Functions of one element. */
export const ACTIVATIONS = {
  ReLU: (c) => leakyRelu(c, c.input(), c.float(0, 0)),
  Sigmoid: function1('sigmoid'),
  TanH: function1('tanh'),
  Swish: function1('swish'),
  Mish: function1('mish'),
  Softplus: function1('softplus'),
  HardSigmoid: (c) => c.activate(c.input(), { kind: 'hardSigmoid', alpha: c.float(0, 0.2), beta: c.float(1, 0.5) }),
  HardSwish: (c) => hardSwish(c, c.input(), c.float(0, 0.2), c.float(1, 0.5)),
  Clip: (c) => clip(c, c.input(), c.float(0, -3.4028234663852886e38), c.float(1, 3.4028234663852886e38)),
  ELU: (c) => c.activate(c.input(), { kind: 'elu', alpha: c.float(0, 0.1), beta: 0 }),
  CELU: (c) => c.activate(c.input(), { kind: 'celu', alpha: c.float(0, 1), beta: 0 }),
  SELU: (c) => c.activate(c.input(), { kind: 'selu', alpha: c.float(0, 1.67326324), beta: c.float(1, 1.050700987) }),
} satisfies Record<string, NcnnTranslation>;
