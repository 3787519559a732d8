/** Operators that make each row of a result of one row alone: heads of detectors, on as many boxes as data chooses. */
import { isOp } from '../../ir/is-op.ts';
import type { Node } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { extentOf } from './item.ts';
import { firstOf } from './list-rules.ts';
import type { NodeWriter } from './node-writer.ts';
import { everyRow, isBound, type Seen } from './rules.ts';

type Apart =
  'Conv' | 'ConvTranspose' | 'Gemm' | 'MatMul' | 'MaxPool' | 'AveragePool' | 'GlobalAveragePool' | 'BatchNormalization';

/** True where other operands are the same for every row of the first. */
function isApart(node: Node, { operands: [x, ...others] }: Seen): boolean {
  if (!isBound(x) || x.bounded.axis !== 0 || x.shape.length < 2 || others.some(isBound)) return false;
  const [weights, bias] = others;
  if (isOp(node, 'Gemm')) return !node.attributes.transA && (bias?.shape.at(-2) ?? 1) === 1;
  if (isOp(node, 'MatMul')) return (x.shape.length > 2 || !node.attributes.transA) && weights?.shape.length === 2;
  return true;
}

/** All rows that there may be, of which the first are those that there are. */
export function rowsApart<K extends Apart>(w: NodeWriter, node: Node & { readonly op: K }, seen: Seen): boolean {
  const [x] = seen.operands;
  if (!isBound(x) || !isApart(node, seen)) return false;
  const [all = '', ...others] = node.inputs;
  const made = w.unique('rows');
  w.copy(node, [everyRow(w, all, x), ...others], made);
  firstOf(w, made, 0, extentOf(x, 0), at(node.outputs, 0));
  return true;
}
