/** Elements that are picked one by one of an extent that depends on data, and updates as many as that. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { checkIndices } from '../../ops/index/gather.ts';
import { at } from '../../util/arrays.ts';
import { isBound, type ExtentRule, type Seen } from './rules.ts';

/** Picked elements are some of those that there are. */
export const pickElements: ExtentRule<'GatherElements'> = (w, node, { operands: [x, indices] }) => {
  const { attributes, inputs } = node;
  if (!isBound(x) || !indices || inputs[2] !== undefined) return false;
  const { axis, count } = x.bounded;
  if (normalizeAxis(attributes.axis, x.shape.length) !== axis) return false;
  checkIndices(indices, [at(x.shape, axis)]);
  w.again(node, at(inputs, 0), at(inputs, 1), count);
  return true;
};

/** How many updates there are along an axis, where that depends on data. */
function updatesAlong(axis: number, { operands: [x, indices, updates] }: Seen): string | undefined {
  if (isBound(x) || !isBound(indices) || !isBound(updates)) return undefined;
  const [own, theirs] = [indices.bounded, updates.bounded];
  const fits = own.axis === axis && theirs.axis === axis && own.count === theirs.count;
  return fits ? own.count : undefined;
}

/** Updates behind the last go nowhere. */
export const scatterSome: ExtentRule<'ScatterElements'> = (w, node, seen) => {
  const rank = seen.operands[0]?.shape.length ?? 0;
  const count = updatesAlong(normalizeAxis(node.attributes.axis, rank), seen);
  if (count === undefined || node.inputs[3] !== undefined) return false;
  w.again(node, ...node.inputs, count);
  return true;
};

/** The same of slices. */
export const scatterSlices: ExtentRule<'ScatterND'> = (w, node, seen) => {
  const count = (seen.operands[1]?.shape.length ?? 0) > 1 ? updatesAlong(0, seen) : undefined;
  if (count === undefined || node.inputs[3] !== undefined) return false;
  w.again(node, ...node.inputs, count);
  return true;
};
