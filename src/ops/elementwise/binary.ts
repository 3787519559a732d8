/** Binary: elementwise functions of two operands with NumPy broadcasting and an optional fused activation. */
import { broadcastBound } from '../lib/bounded.ts';
import { broadcastShapes } from '../../core/broadcast.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { BinaryKind, NodeOf } from '../../ir/ops.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { vectorParameters } from '../lib/parameters.ts';

const LOGICAL: readonly BinaryKind[] = ['and', 'or', 'xor'];
const COMPARING: readonly BinaryKind[] = ['equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'];

/**
 * Type of the result. Operands agree in type, except that a power of floats takes exponents of any type. Throws
 * ShapeError where the function is not defined on the types.
 */
function resultType({ kind, activation }: NodeOf<'Binary'>['attributes'], a: DType, b: DType): DType {
  if (a !== b && !(kind === 'pow' && isFloat(a) && b !== 'bool')) throw new ShapeError(`${kind} of ${a} and ${b}`);
  const truth = LOGICAL.includes(kind) || COMPARING.includes(kind);
  const defined = LOGICAL.includes(kind)
    ? a === 'bool'
    : isFloat(a)
      ? !kind.startsWith('bit')
      : truth || (kind.startsWith('bitS') ? a.startsWith('u') : a !== 'bool' && kind !== 'atan2');
  if (!defined) throw new ShapeError(`${kind} is not defined on ${a}`);
  if (truth) return 'bool';
  if (activation.kind !== 'none' && !isFloat(a))
    throw new ShapeError(`a fused ${activation.kind} needs float operands`);
  return a;
}

/** Comparisons and logic give bool, everything else the type of the operands. */
export const binary: OpDefinition<'Binary'> = {
  infer: (node, inputs) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    return [{ dtype: resultType(node.attributes, a.dtype, b.dtype), shape: broadcastShapes(a.shape, b.shape) }];
  },
  bounded: broadcastBound,
  reference: lazy(() => import('./binary-loop.ts'), 'binaryReference'),
  parameters: ({ attributes: { kind } }, inputs) => {
    // How formats write the biases and scales of a layer out.
    if (kind === 'add' || kind === 'sub') return vectorParameters(inputs, 'bias');
    return kind === 'mul' || kind === 'div' ? vectorParameters(inputs, 'scale') : [];
  },
};
