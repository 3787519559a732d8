/** Transpositions and operators of several operands: all take the order that moves the fewest elements. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, product, range, sameArray } from '../../util/arrays.ts';
import { isIdentityPerm, type Perm } from '../lib/permutation.ts';
import type { Sinker } from './sinker.ts';

/** Binary, Where, PRelu: operands broadcast against each other, so all get the rank of the result first. */
export function broadcastRule<K extends 'Binary' | 'Where' | 'PRelu' | 'QLinearBinary' | 'QLinearPRelu'>(
  node: NodeOf<K>,
  sinker: Sinker,
): boolean {
  const rank = sinker.rewriter.desc(at(node.outputs, 0)).shape.length;
  if (!node.inputs.some((i) => pendingRank(i, sinker) === rank)) return false;
  const perm = cheapestOrder(node.inputs, rank, sinker);
  if (isIdentityPerm(perm)) return false;
  // Single elements of lower rank fit any order as they are.
  const fitsAnyOrder = (value: string): boolean => {
    const { shape } = sinker.rewriter.desc(sinker.view(value).source);
    return shape.length < rank && shape.every((d) => d === 1);
  };
  const inputs = node.inputs.map((i) =>
    fitsAnyOrder(i) ? sinker.view(i).source : sinker.inOrder(sinker.extended(i, rank), perm),
  );
  sinker.emit(node, node.op, inputs, node.attributes, [perm]);
  return true;
}

/** Concat: the axis is renamed. */
export function concatRule(node: NodeOf<'Concat'>, sinker: Sinker): boolean {
  const rank = sinker.rewriter.desc(at(node.outputs, 0)).shape.length;
  const perm = cheapestOrder(node.inputs, rank, sinker);
  if (isIdentityPerm(perm)) return false;
  const axis = at(perm, normalizeAxis(node.attributes.axis, rank));
  const inputs = node.inputs.map((i) => sinker.inOrder(i, perm));
  sinker.emit(node, 'Concat', inputs, { axis }, [perm]);
  return true;
}

function pendingRank(value: string, sinker: Sinker): number {
  return sinker.isPending(value) ? sinker.view(value).perm.length : -1;
}

/** Among the orders of the operands and the plain one, the one that moves the fewest elements; the policy breaks ties. */
function cheapestOrder(values: readonly string[], rank: number, sinker: Sinker): Perm {
  const plain = range(rank);
  const pending = values.filter((v) => pendingRank(v, sinker) === rank).map((v) => sinker.view(v).perm);
  const distinct = pending.filter((p, i) => pending.findIndex((q) => sameArray(p, q)) === i);
  const candidates = sinker.policy === 'sink' ? [...distinct, plain] : [plain, ...distinct];
  const cost = (perm: Perm): number => values.reduce((sum, v) => sum + operandCost(v, perm, sinker), 0);
  return candidates.reduce((best, perm) => (cost(perm) < cost(best) ? perm : best));
}

/** Elements of one operand that move to reach an order; an operand of lower rank counts as if it were extended. */
function operandCost(value: string, perm: Perm, sinker: Sinker): number {
  const { source, perm: own } = sinker.view(value);
  const missing = perm.length - own.length;
  if (missing === 0) return sinker.costInOrder(value, perm);
  const { shape } = sinker.rewriter.desc(source);
  // Lower ranks are scalars, channel vectors, constants: at most one extent above 1 means a free reshape.
  const free = sinker.rewriter.constant(source) !== undefined || shape.filter((d) => d !== 1).length <= 1;
  return free ? 0 : product(shape);
}
