/** Walks through strided tensors, as WGSL snippets: the rank is structure, extents and strides are parameters. */
import { range } from '../../src/util/arrays.ts';
import type { ParamFields } from './module.ts';

/** Parameter fields `<prefix>0` … `<prefix>(rank−1)`, all u32. */
export function listFields(prefix: string, rank: number): ParamFields {
  return Object.fromEntries(range(rank).map((axis) => [prefix + axis, 'u32' as const]));
}

/**
 * Declares `let <name>0` … : the coordinates of the row-major position `from` in a box whose extents are the
 * parameters `<extents>1` … (the outermost extent is not needed).
 */
export function coordinates(rank: number, from = 'i', extents = 'd', name = 'c'): string {
  const lines: string[] = [];
  let rest = from;
  for (let axis = rank - 1; axis > 0; axis--) {
    const next = `${name}_rest${axis}`;
    lines.push(`let ${next} = ${rest} / params.${extents}${axis};`);
    lines.push(`let ${name}${axis} = ${rest} - ${next} * params.${extents}${axis};`);
    rest = next;
  }
  if (rank > 0) lines.push(`let ${name}0 = ${rest};`);
  return lines.join('\n  ');
}

/** The expression Σ coordinate·stride. u32 arithmetic wraps, so a negative stride is passed as its two's complement. */
export function stridedOffset(rank: number, strides: string, name = 'c'): string {
  if (rank === 0) return '0u';
  return range(rank)
    .map((axis) => `${name}${axis} * params.${strides}${axis}`)
    .join(' + ');
}
