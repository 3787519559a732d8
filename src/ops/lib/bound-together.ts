/** Where an extent that depends on data goes on because several operands have it: apart from what pages load at the start. */
import type { Operands } from '../definition.ts';

/** Operators whose operands have that dimension in common: its extent must come from the same data in all of them. */
export function boundTogether(axis: number, inputs: Operands): number | undefined {
  const count = inputs[0]?.bounded?.count;
  const fits = inputs.every((operand) => operand?.bounded?.axis === axis && operand.bounded.count === count);
  return fits ? axis : undefined;
}
