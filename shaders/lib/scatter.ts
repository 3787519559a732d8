/** What kernels that write where indices say have in common: where that is, and what becomes of two numbers. */
import type { DType } from '../../src/core/dtype.ts';
import type { ScatterReduction } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import { wgsl } from './module.ts';
import { extremeFunctions, type Scalar } from './numbers.ts';
import { wrapped } from './special-numbers.ts';
import { coordinates } from './strided.ts';

/**
 * Declares `fn place(index, extent) -> u32`: the position an index names, counted from the end when it is negative. Outside it is
 * no smaller than the extent: what is below 0 wraps to a large number.
 */
export const PLACE_FUNCTION = wgsl`
fn place(index: i32, extent: u32) -> u32 {
  return u32(select(index, index + i32(extent), index < 0i));
}`;

/** How one number is joined to another: the type of both as it is computed, and the one they are stored for. */
export interface Joined {
  readonly reduction: ScatterReduction;
  readonly type: Scalar;
  readonly dtype: DType;
}

const EXPRESSIONS: { readonly [K in ScatterReduction]: string } = {
  none: 'update',
  add: 'old + update',
  mul: 'old * update',
  max: 'greater(old, update)',
  min: 'lesser(old, update)',
};

/** Declares `fn joined(old, update)`; nothing where updates replace what was there. */
export function joinedFunction({ reduction, type, dtype }: Joined): string {
  if (reduction === 'none') return '';
  const helpers = reduction === 'max' || reduction === 'min' ? extremeFunctions(type, 1) : '';
  return wgsl`${helpers}
fn joined(old: ${type}, update: ${type}) -> ${type} { return ${wrapped(EXPRESSIONS[reduction], dtype, 1)}; }`;
}

/** A statement that writes an update to `y[at]`. */
export function joinStatement(reduction: ScatterReduction, at: string, update: string): string {
  return reduction === 'none' ? `y[${at}] = ${update};` : `y[${at}] = joined(y[${at}], ${update});`;
}

/**
 * What has a target of its own: each element of a box, whose coordinate along `axis` is an index; or each row of `depth` indices.
 */
export type ScatterTarget =
  | { readonly kind: 'elements'; readonly rank: number; readonly axis: number }
  | { readonly kind: 'rows'; readonly depth: number };

/**
 * Statements that declare `target`, of the update (or row of updates) `i`, and `within`, whether it is one. Parameters of elements:
 * d, extents of the indices; t, strides of the targets; extent, of these along the axis. Of rows: e, extents.
 */
export function targetStatements(spec: ScatterTarget): string {
  if (spec.kind === 'elements') {
    const terms = range(spec.rank).map((k) => `${k === spec.axis ? 'to' : `c${k}`} * params.t${k}`);
    return wgsl`
  ${coordinates(spec.rank)}
  let to = place(indices[i], params.extent);
  let within = to < params.extent;
  let target_place = ${terms.join(' + ')};`;
  }
  return rowTarget(spec.depth, 'i');
}

/** The same of the row of indices that `row` names. */
export function rowTarget(depth: number, row: string): string {
  const steps = range(depth).map(
    (q) => wgsl`
  let to${q} = place(indices[${row} * ${u32(depth)} + ${u32(q)}], params.e${q});
  within = within && to${q} < params.e${q};
  target_place = target_place * params.e${q} + to${q};`,
  );
  return wgsl`
  var within = true;
  var target_place = 0u;
  ${steps.join('')}`;
}
