/** Reading several broadcast operands at one output position: how each is addressed is structure, extents are parameters. */
import type { ParamFields } from './module.ts';
import { vectorType, type Scalar } from './numbers.ts';
import { coordinates, listFields, stridedOffset } from './strided.ts';

/**
 * How an operand is addressed at output position i:
 * - `dense`: element i; `scalar`: element 0; `inner`: the innermost coordinate (a per-channel operand);
 * - `strided`: Σ coordinate·stride, with strides in the parameters `<name>_s0` ….
 */
export interface OperandAccess {
  readonly access: 'dense' | 'scalar' | 'inner' | 'strided';
  /** The operand does not move along the innermost dimension: with width 4, one element serves all four. */
  readonly splat: boolean;
}

/** Structure of a broadcast over a box of `rank` collapsed dimensions. */
export interface BroadcastSpec {
  readonly rank: number;
  readonly width: 1 | 4;
  readonly operands: readonly OperandAccess[];
}

const needsCoordinates = (spec: BroadcastSpec): boolean =>
  spec.operands.some(({ access }) => access === 'inner' || access === 'strided');

/** The parameters that `broadcastLoads` reads, for operands of these names. */
export function broadcastFields(spec: BroadcastSpec, names: readonly string[]): ParamFields {
  const strides = names.map((name, k) =>
    spec.operands[k]?.access === 'strided' ? listFields(`${name}_s`, spec.rank) : {},
  );
  const fields: ParamFields = { count: 'u32', ...(needsCoordinates(spec) ? listFields('d', spec.rank) : {}) };
  return Object.assign({}, fields, ...strides) as ParamFields;
}

/** Element type of operand `k` in its binding. */
export function operandElement(spec: BroadcastSpec, k: number, scalar: Scalar): Scalar | `vec4<${Scalar}>` {
  return vectorType(scalar, spec.operands[k]?.splat ? 1 : spec.width);
}

/** Declares `let <name>_v` for every operand: its element, or four, at output position `i`, as `types[k]`. */
export function broadcastLoads(spec: BroadcastSpec, names: readonly string[], types: readonly Scalar[]): string {
  const loads = names.map((name, k) => {
    const index = {
      dense: 'i',
      scalar: '0u',
      inner: `c${spec.rank - 1}`,
      strided: stridedOffset(spec.rank, `${name}_s`),
    }[spec.operands[k]?.access ?? 'dense'];
    return `let ${name}_v = ${vectorType(types[k] ?? 'f32', spec.width)}(${name}[${index}]);`;
  });
  return [...(needsCoordinates(spec) ? [coordinates(spec.rank)] : []), ...loads].join('\n  ');
}
