/** Where an extent that depends on data goes through operators that take one: what several of them have in common. */
import type { Operand, Operands } from '../definition.ts';

/** Functions of one operand, and others that keep every dimension. */
export function keptBound(_node: unknown, input: number, axis: number): number | undefined {
  return input === 0 ? axis : undefined;
}

/** NumPy broadcasting: whatever else has that dimension must have its extent from the same data. */
export function broadcastBound(_node: unknown, input: number, axis: number, inputs: Operands): number | undefined {
  const rank = Math.max(...inputs.map((operand) => operand?.shape.length ?? 0));
  const own = inputs[input];
  const out = axis + rank - (own?.shape.length ?? 0);
  const fits = inputs.every((other) => {
    const at = out - rank + (other?.shape.length ?? 0);
    return !other || at < 0 || other.shape[at] === 1 || isBoundLike(other, at, own);
  });
  return fits ? out : undefined;
}

function isBoundLike(operand: Operand, axis: number, like: Operand | undefined): boolean {
  return operand.bounded?.axis === axis && operand.bounded.count === like?.bounded?.count;
}

/** Operators that work along some dimensions, all counted from the front, and keep the others where they are. */
export function boundBeside(worked: readonly number[], input: number, axis: number): number | undefined {
  return input === 0 && !worked.includes(axis) ? axis : undefined;
}
