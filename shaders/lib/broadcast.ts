/** Reading several broadcast operands at one output position: how each is addressed is structure, extents are parameters. */
import type { ParamFields } from './module.ts';
import { vectorType, type Scalar } from './numbers.ts';
import { coordinates, listFields, stridedOffset } from './strided.ts';

/**
 * How an operand is addressed at output position i:
 * - `dense`: element i; `scalar`: element 0; `inner`: the innermost coordinate (a per-channel operand);
 * - `strided`: Σ coordinate·stride, with strides in the parameters `<name>_s0` …;
 * - `placed`: the same, from `<name>_at` on: an operand inside another's buffer.
 */
export interface OperandAccess {
  readonly access: 'dense' | 'scalar' | 'inner' | 'strided' | 'placed';
  /** The operand does not move along the innermost dimension: with width 4, one element serves all four. */
  readonly splat: boolean;
}

/** Structure of a broadcast over a box of `rank` collapsed dimensions. */
export interface BroadcastSpec {
  readonly rank: number;
  readonly width: 1 | 4;
  readonly operands: readonly OperandAccess[];
  /** How y is addressed: dense unless given; only `placed` is something else. */
  readonly output?: OperandAccess['access'];
}

/** Operands by name, and y where it is not dense. */
function accesses(spec: BroadcastSpec, names: readonly string[]): (readonly [string, OperandAccess['access']])[] {
  const operands = names.map((name, k) => [name, spec.operands[k]?.access ?? 'dense'] as const);
  return [...operands, ['y', spec.output ?? 'dense']];
}

const needsCoordinates = (spec: BroadcastSpec): boolean =>
  accesses(spec, []).some(([, access]) => access !== 'dense') ||
  spec.operands.some(({ access }) => access !== 'dense' && access !== 'scalar');

/** The parameters that `broadcastLoads` and `outputIndex` read, for operands of these names. */
export function broadcastFields(spec: BroadcastSpec, names: readonly string[]): ParamFields {
  const fields: ParamFields = { count: 'u32', ...(needsCoordinates(spec) ? listFields('d', spec.rank) : {}) };
  const places = accesses(spec, names).map(([name, access]): ParamFields => {
    if (access !== 'strided' && access !== 'placed') return {};
    return { ...(access === 'placed' ? { [`${name}_at`]: 'u32' } : {}), ...listFields(`${name}_s`, spec.rank) };
  });
  return Object.assign({}, fields, ...places) as ParamFields;
}

/** Element type of operand `k` in its binding. */
export function operandElement<T extends Scalar | 'f16'>(spec: BroadcastSpec, k: number, scalar: T): T | `vec4<${T}>` {
  return vectorType(scalar, spec.operands[k]?.splat ? 1 : spec.width);
}

function indexAt(spec: BroadcastSpec, name: string, access: OperandAccess['access']): string {
  const strided = stridedOffset(spec.rank, `${name}_s`);
  return {
    dense: 'i',
    scalar: '0u',
    inner: `c${spec.rank - 1}`,
    strided,
    placed: `params.${name}_at + ${strided}`,
  }[access];
}

/** The index in y of output position `i`; after `broadcastLoads`. */
export function outputIndex(spec: BroadcastSpec): string {
  return indexAt(spec, 'y', spec.output ?? 'dense');
}

/**
 * Declares `let <name>_v` for every operand: its element, or four, at output position `i`, as `types[k]`. `buffers[k]` is
 * the binding it is read from, when that is not called as the operand.
 */
export function broadcastLoads(
  spec: BroadcastSpec,
  names: readonly string[],
  types: readonly Scalar[],
  buffers: readonly string[] = names,
): string {
  const loads = names.map((name, k) => {
    const index = indexAt(spec, name, spec.operands[k]?.access ?? 'dense');
    const type = types[k] ?? 'f32';
    const element = `${buffers[k] ?? name}[${index}]`;
    const splat = spec.width === 4 && spec.operands[k]?.splat;
    return `let ${name}_v = ${vectorType(type, spec.width)}(${splat ? `${type}(${element})` : element});`;
  });
  return [...(needsCoordinates(spec) ? [coordinates(spec.rank)] : []), ...loads].join('\n  ');
}
