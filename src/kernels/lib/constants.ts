/** Values a kernel needs while it is lowered: pads, bounds, repeats. */
import { PlanError } from '../../core/errors.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { LowerContext } from '../definition.ts';

/** The elements of a constant input, or `undefined` when the input is absent. Throws PlanError when it is not constant. */
export function givenInts<K extends OpKind>({ node, constant }: LowerContext<K>, index: number): number[] | undefined {
  const name = node.inputs[index];
  if (!name) return undefined;
  const found = constant(name);
  if (!found) throw new PlanError(`input "${name}" must be constant`, { node: node.name, op: node.op });
  return Array.from(found.data);
}

/** As `constantInts`, for a required input. */
export function requiredInts<K extends OpKind>(context: LowerContext<K>, index: number): number[] {
  const found = givenInts(context, index);
  if (!found) throw new PlanError(`input ${index} is missing`, { node: context.node.name, op: context.node.op });
  return found;
}
