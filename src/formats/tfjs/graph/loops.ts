/** What loops of graph models are made of. */
import { NodeDefAttributes, type TensorRef, type TfNode } from './graph-def.ts';

/** What is known of an output: where its tensor is, or which values it lists. */
export type Value = TensorRef | readonly (Value | undefined)[];

/** True for a list of values. */
export const isList = (value: Value): value is readonly (Value | undefined)[] => Array.isArray(value);

/** Values in one round of a loop, by the names of their nodes; `undefined` outside of loops. */
export interface Round {
  readonly suffix: string;
  readonly values: Map<string, Value>;
}

/** The variables of every loop, which are its Merge nodes, by the loop's name. */
export function loopVariables(nodes: ReadonlyMap<string, TfNode>): Map<string, TfNode[]> {
  const loops = new Map<string, TfNode[]>();
  for (const node of nodes.values()) {
    const enter = node.op === 'Merge' ? nodes.get(node.inputs[0]?.node ?? '') : undefined;
    if (enter?.op !== 'Enter') continue;
    const frame = new NodeDefAttributes(enter).string('frame_name', '');
    const known = loops.get(frame);
    if (known) known.push(node);
    else loops.set(frame, [node]);
  }
  return loops;
}

/** How loops count their rounds: numbers, and truth as 1 and 0. */
export const COUNTING: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Minimum: Math.min,
  Maximum: Math.max,
  Less: (a, b) => Number(a < b),
  LessEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterEqual: (a, b) => Number(a >= b),
  LogicalAnd: (a, b) => Number(a !== 0 && b !== 0),
};
