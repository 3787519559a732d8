/**
 * A recurrent network along whole sequences: a workgroup has some of the batch in one direction, a quad of units a lane, and h in
 * workgroup memory, where two steps take turns.
 *
 * Layout: see shaders/lib/recurrent.ts; y [T, D, N, H], states [D, N, H]. A sequence that runs backwards begins at its end; behind
 * the end y is 0 and the states stay. Lengths below 0 and beyond T are 0 and T.
 * Bindings: x read, r read, p or b read, lengths read i32, the states before read, y read_write, h and c read_write; of these those
 * that there are.
 * Workgroup: size × 1 × 1: `rows` of the batch × `slices` of the sums × `quads`.
 * Dispatch: dispatch1d(groups · size, size), groups = the directions of the dispatch × blocks of `rows` of the batch.
 * Spec: RecurrentSpec, which outputs there are, the workgroup's size.
 * Limits: workgroup storage of 2 vectors an invocation, 3 with a reset gate before the product, and where sums are sliced one more
 * for each gate.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  cellFunctions,
  cellText,
  GATES,
  hasTwoPhases,
  paddedUnits,
  quadFunctions,
  RECURRENT_PARAMS,
  resetText,
  sequenceBindings,
  sliceSums,
  stateBefore,
  stateSums,
  type RecurrentSpec,
  type SequenceOutputs,
} from '../lib/recurrent.ts';

export interface SequenceSpec extends RecurrentSpec, SequenceOutputs {
  readonly size: number;
}

/** Vectors of workgroup memory that a kernel has. */
export function sequenceMemory(spec: Pick<RecurrentSpec, 'cell' | 'sliced'>, size: number): number {
  const states = hasTwoPhases(spec) ? 3 : 2;
  return size * (states + (spec.sliced ? GATES[spec.cell.op] : 0));
}

/** An expression of the lane's own quad of h, in a step's half of the memory. */
const ownState = (half: string): string => `state[${half} + quad]`;

export function sequenceShader(spec: SequenceSpec): ShaderModule {
  const { size } = spec;
  const bindings = sequenceBindings(spec, 'vec4<f32>');
  return shaderModule({
    bindings,
    params: { ...RECURRENT_PARAMS, blocks: 'u32', rows: 'u32', states: 'u32' },
    workgroupSize: [size, 1, 1],
    declarations: wgsl`
var<workgroup> state: array<vec4<f32>, ${u32((hasTwoPhases(spec) ? 3 : 2) * size)}>;
#if ${spec.sliced}
var<workgroup> partial: array<vec4<f32>, ${u32(GATES[spec.cell.op] * size)}>;
#endif
#if ${spec.ragged}
alias V4 = vec4<u32>;
#endif
${cellFunctions(spec)}
${quadFunctions(bindings, spec)}`,
    body: wgsl`
  ${beginText(spec)}
  for (var s = 0u; s < params.steps; s++) {
    let is_valid = s < length;
    let t = select(s, length - 1u - s, backward && is_valid);
    let now = first + s % 2u * ${u32(size)};
    let next = first + (s + 1u) % 2u * ${u32(size)};
    let x_at = ((t * params.batch + n) * params.directions + d) * ${u32(GATES[spec.cell.op])} * params.units + unit;
    ${sumsText(spec, size)}
    if (is_owner) {
      ${resultText(spec)}
    }
    workgroupBarrier();
  }
  if (is_owner) {
#if ${spec.after.h}
    store_h_after(at_state, unit, ${ownState(`first + params.steps % 2u * ${u32(size)}`)});
#endif
#if ${spec.after.c}
    store_c_after(at_state, unit, old_c);
#endif
  }`,
  });
}

/** Which units of which sequence a lane has, and their states before. */
function beginText(spec: SequenceSpec): string {
  const isLstm = spec.cell.op === 'LSTM';
  return wgsl`
  let group = wid.y * groups.x + wid.x;
  if (group >= params.groups) { return; }
  let d = params.direction + group / params.blocks;
  let quad = local_index % params.quads;
  let slice = local_index / params.quads % params.slices;
  let row = local_index / (params.quads * params.slices);
  let n = group % params.blocks * params.rows + row;
  let is_there = row < params.rows && n < params.batch;
  let is_owner = is_there && slice == 0u;
  let unit = 4u * quad;
  let backward = ((params.backward >> d) & 1u) == 1u;
  let at_state = (d * params.batch + n) * params.units + unit;
  var length = params.steps;
#if ${spec.lengths}
  if (is_there) { length = min(u32(max(lengths[n], 0i)), params.steps); }
#endif
  let first = row * params.quads;
#if ${isLstm}
  var old_c = V();
#endif
  if (is_owner) {
    ${ownState('first')} = ${stateBefore(spec, 'h', 'at_state')};
#if ${isLstm}
    old_c = ${stateBefore(spec, 'c', 'at_state')};
#endif
  }
  workgroupBarrier();`;
}

/** What the owner of a quad makes of its sums; behind the end of a sequence states stay. */
function resultText(spec: SequenceSpec): string {
  return wgsl`
      let old_h = ${ownState('now')};
      ${cellText(spec)}
      var new_state = select(old_h, new_h, is_valid);
      ${paddedUnits(spec)}
      ${ownState('next')} = new_state;
#if ${spec.cell.op === 'LSTM'}
      old_c = select(old_c, new_c, is_valid);
#endif
#if ${spec.y}
      store_y(((t * params.directions + d) * params.batch + n) * params.units + unit, unit, select(V(), new_h, is_valid));
#endif`;
}

/** Statements up to the sums d0… of a step: a cell of two phases has the first of them behind it, and `z`. */
function sumsText(spec: SequenceSpec, size: number): string {
  const gates = [0, 1, 2, 3].slice(0, GATES[spec.cell.op]);
  const summed = (of: readonly number[], state: string): string =>
    stateSums(spec, of, state) + sliceSums(spec, of, size, 'params.quads');
  if (!hasTwoPhases(spec)) return summed(gates, 'state[now + k]');
  const kept = `state[first + ${u32(2 * size)} + `;
  return wgsl`
    var z = V();
    ${summed([0, 1], 'state[now + k]')}
    if (is_owner) {
      let old_h = state[now + quad];
      ${resetText()}
      ${kept}quad] = kept;
    }
    workgroupBarrier();
    ${summed([2], `${kept}k]`)}`;
}
