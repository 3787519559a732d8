/**
 * One step of a recurrent network: a quad of units a lane, states in buffers. The hidden gate of a cell whose reset gate comes before
 * the product is a second dispatch.
 *
 * Layout: see shaders/lib/recurrent.ts and sequence.ts; gates [2, D, N, H], the update gate and what the reset gate leaves of h.
 * Bindings: x read, r read, p or b read, lengths read i32, the states before read; then gates read_write of the phase `reset`, or
 * gates read of the phase `hidden`, y read_write, h and c read_write, or both in one; of these those that there are.
 * Workgroup: size × 1 × 1: `slices` of the sums × `span` quads.
 * Dispatch: dispatch1d(groups · size, size), groups = the directions of the dispatch × N × blocks of `span` quads.
 * Spec: RecurrentSpec, the phase, where the states go, whether y is there, the workgroup's size.
 * Limits: workgroup storage of one vector for each gate and invocation where sums are sliced.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import {
  beforeNames,
  cellBindings,
  cellFunctions,
  cellText,
  GATES,
  quadBinding,
  quadFunctions,
  RECURRENT_PARAMS,
  resetText,
  sliceSums,
  stateBefore,
  statesOf,
  stateSums,
  type RecurrentSpec,
} from '../lib/recurrent.ts';

export interface StepSpec extends RecurrentSpec {
  readonly size: number;
  readonly phase: 'whole' | 'reset' | 'hidden';
  readonly y: boolean;
  /** The states behind: in buffers of their own, those that there are, or one of h and then c. */
  readonly after: 'joined' | { readonly h: boolean; readonly c: boolean };
}

function afterNames(spec: StepSpec): string[] {
  const { after } = spec;
  if (after === 'joined') return ['after'];
  return statesOf(spec).flatMap((name) => (after[name] ? [`${name}_after`] : []));
}

function bindingsOf(spec: StepSpec): Binding[] {
  const { phase } = spec;
  const lengths: readonly Binding[] = spec.lengths ? [{ name: 'lengths', access: 'read', element: 'i32' }] : [];
  const before: readonly Binding[] = [
    quadBinding('x', 'read', spec),
    { name: 'r', access: 'read', element: 'vec4<f32>' },
    ...cellBindings(spec),
    ...lengths,
    ...beforeNames(spec).map((name) => quadBinding(name, 'read', spec)),
  ];
  if (phase === 'reset') return [...before, quadBinding('gates', 'read_write', spec)];
  return [
    ...before,
    ...(phase === 'hidden' ? [quadBinding('gates', 'read', spec)] : []),
    ...(spec.y ? [quadBinding('y', 'read_write', spec)] : []),
    ...afterNames(spec).map((name) => quadBinding(name, 'read_write', spec)),
  ];
}

export function stepShader(spec: StepSpec): ShaderModule {
  const { size, phase } = spec;
  const bindings = bindingsOf(spec);
  const gates = phase === 'reset' ? [0, 1] : phase === 'hidden' ? [2] : [0, 1, 2, 3].slice(0, GATES[spec.cell.op]);
  return shaderModule({
    bindings,
    params: { ...RECURRENT_PARAMS, step: 'u32', blocks: 'u32', span: 'u32', states: 'u32' },
    workgroupSize: [size, 1, 1],
    declarations: wgsl`
#if ${spec.sliced}
var<workgroup> partial: array<vec4<f32>, ${u32(gates.length * size)}>;
#endif
${cellFunctions(spec)}
${quadFunctions(bindings, spec)}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  if (group >= params.groups) { return; }
  let quad = group % params.blocks * params.span + local_index % params.span;
  let slice = local_index / params.span;
  let n = group / params.blocks % params.batch;
  let d = params.direction + group / (params.blocks * params.batch);
  let is_there = slice < params.slices && quad < params.quads;
  let is_owner = is_there && slice == 0u;
  let unit = 4u * quad;
  let row = (d * params.batch + n) * params.units;
  let at_state = row + unit;
  var length = params.steps;
#if ${spec.lengths}
  length = min(u32(max(lengths[n], 0i)), params.steps);
#endif
  let is_valid = params.step < length;
  let backward = ((params.backward >> d) & 1u) == 1u;
  let t = select(params.step, length - 1u - params.step, backward && is_valid);
  let x_at = ((t * params.batch + n) * params.directions + d) * ${u32(GATES[spec.cell.op])} * params.units + unit;
  ${sumsText(spec, gates)}
  if (is_owner) {
    let old_h = ${stateBefore(spec, 'h', 'at_state')};
#if ${phase === 'reset'}
    var z = V();
    ${resetText()}
    store_gates(at_state, unit, z);
    store_gates(params.states + at_state, unit, kept);
#else
    ${resultText(spec)}
#endif
  }`,
  });
}

/** The sums d0… of these gates. */
function sumsText(spec: StepSpec, gates: readonly number[]): string {
  const state =
    spec.phase === 'hidden'
      ? 'load_gates(params.states + row + 4u * k, 4u * k)'
      : stateBefore(spec, 'h', 'row + 4u * k', '4u * k');
  return stateSums(spec, gates, state) + sliceSums(spec, gates, spec.size, 'params.span');
}

function resultText(spec: StepSpec): string {
  const { after } = spec;
  const isLstm = spec.cell.op === 'LSTM';
  const writes = (name: 'h' | 'c'): boolean => after === 'joined' || after[name];
  const write = (name: 'h' | 'c', at: string): string =>
    after === 'joined' ? `store_after(${at}, unit,` : `store_${name}_after(at_state, unit,`;
  return wgsl`
#if ${spec.phase === 'hidden'}
    let z = load_gates(at_state, unit);
#endif
#if ${isLstm}
    let old_c = ${stateBefore(spec, 'c', 'at_state')};
#endif
    ${cellText(spec)}
#if ${spec.y}
    store_y(((t * params.directions + d) * params.batch + n) * params.units + unit, unit, select(V(), new_h, is_valid));
#endif
#if ${writes('h')}
    ${write('h', 'at_state')} select(old_h, new_h, is_valid));
#endif
#if ${isLstm && writes('c')}
    ${write('c', 'params.states + at_state')} select(old_c, new_c, is_valid));
#endif`;
}
