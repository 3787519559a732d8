/** Functions of elements that onnxruntime's optimiser writes for several nodes: Gaussian units with a bias. */
import type { OnnxNode } from '../../node.ts';

const GELU = { kind: 'gelu', alpha: 0, beta: 0 } as const;
const QUICK = 1.702;

export function microsoftGelu(n: OnnxNode): string {
  return n.activate(n.input(0), GELU);
}

/** With the tanh approximation; a bias may be added before. */
export function fastGelu(n: OnnxNode): string {
  const bias = n.optional(1);
  const x = bias === '' ? n.input(0) : n.binary('add', n.input(0), bias);
  return n.activate(x, { kind: 'geluTanh', alpha: 0, beta: 0 });
}

/** x · sigmoid(alpha · x) */
export function quickGelu(n: OnnxNode): string {
  const x = n.input(0);
  const scaled = n.binary('mul', x, n.scalar(n.facts(0).dtype ?? 'float32', n.attr.float('alpha', QUICK)));
  return n.binary('mul', x, n.activate(scaled, { kind: 'sigmoid', alpha: 0, beta: 0 }));
}

export function biasGelu(n: OnnxNode): string {
  return n.activate(n.binary('add', n.input(0), n.input(1)), GELU);
}

export function biasAdd(n: OnnxNode): string {
  return n.binary('add', n.binary('add', n.input(0), n.input(1)), n.input(2));
}

/** The first half of x + bias times what GELU makes of the second. */
export function biasSplitGelu(n: OnnxNode): string {
  const [value = '', gate = ''] = n.many(
    'Split',
    [n.binary('add', n.input(0), n.input(1))],
    { axis: -1, sizes: [] },
    2,
  );
  return n.binary('mul', value, n.activate(gate, GELU));
}
