/** Einstein summation. */
import { einsumOf } from '../../../lib/einsum.ts';
import type { OnnxNode } from '../../node.ts';

export function einsum(n: OnnxNode): string {
  if (!n.attr.has('equation')) n.fail('the equation is missing');
  const equation = n.attr.string('equation', '');
  const operands = n.inputs().map((value, i) => ({ value, ...n.facts(i) }));
  return einsumOf(
    n,
    equation,
    operands.map(({ value, rank, dtype }) => ({ value, rank, dtype })),
  );
}
