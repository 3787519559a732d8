/**
 * A recurrent network along whole sequences, whose weights r stay with the lanes: a workgroup has one of the batch in one direction, a
 * unit a lane, and its rows of r in an array that the text walks by literal indices. For software adapters: they walk the lanes of a
 * load from a buffer one by one, while what a lane has itself is a vector of its subgroup, and one instruction loads it.
 *
 * Layout: r as ONNX has it, [D, gates·H, H]; the rest as in sequence.ts.
 * Bindings: x read, r read, p or b read, lengths read i32, the states before read, y read_write, h and c read_write; of these those
 * that there are.
 * Workgroup: size × 1 × 1: `slices` of the sums × `lanes`, one for each unit, and more up to whole subgroups.
 * Dispatch: dispatch1d(groups · size, size), groups = the directions of the dispatch × N.
 * Spec: RecurrentSpec of single units, which outputs there are, the workgroup, invocations of a subgroup where they pass h round.
 * Limits: workgroup storage of 2 elements for each unit of h, 3 with a reset gate before the product, and where sums are sliced one more
 * vector of the gates an invocation; with subgroups these must be of one size.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  cellFunctions,
  cellText,
  GATES,
  hasTwoPhases,
  quadFunctions,
  resetText,
  RECURRENT_PARAMS,
  sequenceBindings,
  stateBefore,
  type RecurrentSpec,
  type SequenceOutputs,
} from '../lib/recurrent.ts';

/** How a workgroup shares out its invocations. */
export interface ResidentTile {
  readonly slices: number;
  /** Invocations of a slice: whole subgroups, at least one for each unit. */
  readonly lanes: number;
  /** Terms of a sum that a lane adds up, a multiple of a subgroup: `slices` times as many are all units, and more. */
  readonly depth: number;
  /** Invocations of a subgroup, whose lanes load h in turn and pass it round; where they cannot, each loads all of it. */
  readonly subgroup: number | undefined;
}

export interface ResidentSpec extends RecurrentSpec, SequenceOutputs {
  readonly tile: ResidentTile;
}

/** Gates whose sums are of one state: all, or those before the reset of h and the one behind it. */
function phasesOf(spec: Pick<RecurrentSpec, 'cell'>): readonly (readonly number[])[] {
  return hasTwoPhases(spec) ? [[0, 1], [2]] : [range(GATES[spec.cell.op])];
}

/** A vector of these gates. */
const gatesType = ({ length }: readonly number[]): string => (length === 1 ? 'f32' : `vec${length}<f32>`);

/** An element of such a vector. */
const gateOf = (name: string, gates: readonly number[], i: number): string =>
  gates.length === 1 ? name : `${name}[${u32(i)}]`;

/** The factor of a gate, of the element of r that is `at` for the first gate. */
const factor = (gate: number): string => `r[at + ${u32(gate)} * params.units * params.units]`;

/** Elements of workgroup memory that a kernel has. */
export function residentMemory(spec: Pick<RecurrentSpec, 'cell'>, { slices, lanes, depth }: ResidentTile): number {
  const states = (hasTwoPhases(spec) ? 3 : 2) * depth * slices;
  const partial = phasesOf(spec).reduce((sum, { length }) => sum + (length === 3 ? 4 : length), 0);
  return states + (slices > 1 ? partial * slices * lanes : 0);
}

export function residentShader(spec: ResidentSpec): ShaderModule {
  const { slices, lanes, depth, subgroup } = spec.tile;
  const bindings = sequenceBindings(spec, 'f32');
  const units = slices * depth;
  return shaderModule({
    bindings,
    params: { ...RECURRENT_PARAMS, states: 'u32' },
    workgroupSize: [slices * lanes, 1, 1],
    subgroups: subgroup !== undefined,
    declarations: wgsl`
var<workgroup> state: array<f32, ${u32((hasTwoPhases(spec) ? 3 : 2) * units)}>;
#if ${spec.sliced}
${phasesOf(spec)
  .map((gates, i) => `var<workgroup> partial${i}: array<${gatesType(gates)}, ${u32(slices * lanes)}>;`)
  .join('\n')}
#endif
${cellFunctions(spec)}
${quadFunctions(bindings, spec)}`,
    body: wgsl`
  ${beginText(spec)}
  ${weightsText(spec)}
  workgroupBarrier();
  for (var s = 0u; s < params.steps; s++) {
    let is_valid = s < length;
    let t = select(s, length - 1u - s, backward && is_valid);
    let now = s % 2u * ${u32(units)};
    let next = ${u32(units)} - now;
    let x_at = ((t * params.batch + n) * params.directions + d) * ${u32(GATES[spec.cell.op])} * params.units + unit;
    ${sumsText(spec)}
    if (is_owner) {
      ${resultText(spec)}
    }
    workgroupBarrier();
  }
  if (is_owner) {
#if ${spec.after.h}
    store_h_after(at_state, unit, old_h);
#endif
#if ${spec.after.c}
    store_c_after(at_state, unit, old_c);
#endif
  }`,
  });
}

/** Which unit of which sequence a lane has, and its states before. */
function beginText(spec: ResidentSpec): string {
  const { lanes } = spec.tile;
  const isLstm = spec.cell.op === 'LSTM';
  return wgsl`
  let group = wid.y * groups.x + wid.x;
  if (group >= params.groups) { return; }
  let d = params.direction + group / params.batch;
  let n = group % params.batch;
  let unit = local_index % ${u32(lanes)};
  let slice = local_index / ${u32(lanes)};
  let is_owner = unit < params.units && slice == 0u;
  let backward = ((params.backward >> d) & 1u) == 1u;
  let at_state = (d * params.batch + n) * params.units + unit;
  var length = params.steps;
#if ${spec.lengths}
  length = min(u32(max(lengths[n], 0i)), params.steps);
#endif
  var old_h = V();
#if ${isLstm}
  var old_c = V();
#endif
  if (is_owner) {
    old_h = ${stateBefore(spec, 'h', 'at_state')};
    state[unit] = old_h;
#if ${isLstm}
    old_c = ${stateBefore(spec, 'c', 'at_state')};
#endif
  }`;
}

/**
 * Statements that load a lane's weights, the factors of one unit's gates for its slice of h; 0 where there is no unit. The bound of the
 * loop is no literal: by one the loop would be written out, and compile for seconds.
 */
function weightsText(spec: ResidentSpec): string {
  const { depth } = spec.tile;
  const phases = phasesOf(spec);
  const loads = phases.map((gates, i) => `    w${i}[k] = ${gatesType(gates)}(${gates.map(factor).join(', ')});`);
  return wgsl`
  ${phases.map((gates, i) => `var w${i}: array<${gatesType(gates)}, ${u32(depth)}>;`).join(' ')}
  let begin = slice * ${u32(depth)};
  let count = select(0u, min(params.units - min(begin, params.units), ${u32(depth)}), unit < params.units);
  for (var k = 0u; k < count; k++) {
    let at = (d * ${u32(GATES[spec.cell.op])} * params.units + unit) * params.units + begin + k;
${loads.join('\n')}
  }`;
}

/** Statements up to the sums d0… of a step: a cell of two phases has the first of them behind it, and `z`. */
function sumsText(spec: ResidentSpec): string {
  const [first = [], second] = phasesOf(spec);
  if (!second) return phaseText(spec, first, 0, 'now');
  const kept = u32(2 * spec.tile.slices * spec.tile.depth);
  return wgsl`
    var z = V();
    ${phaseText(spec, first, 0, 'now')}
    if (is_owner) {
      ${resetText()}
      state[${kept} + unit] = kept;
    }
    workgroupBarrier();
    ${phaseText(spec, second, 1, kept)}`;
}

/** Statements that make the sums of a phase's gates, of the state that begins at `from`. */
function phaseText(spec: ResidentSpec, gates: readonly number[], phase: number, from: string): string {
  const { depth, subgroup, lanes } = spec.tile;
  const at = `state[${from} + begin + `;
  const term = (k: number, h: string): string => `sums${phase} += w${phase}[${u32(k)}] * ${h};`;
  const terms =
    subgroup === undefined
      ? range(depth).map((k) => `    ${term(k, `${at}${u32(k)}]`)}`)
      : range(depth / subgroup).map(
          (part) => `    {
      let h = ${at}${u32(part * subgroup)} + lane];
      ${range(subgroup)
        .map((j) => term(part * subgroup + j, `subgroupBroadcast(h, ${u32(j)})`))
        .join('\n      ')}
    }`,
        );
  return wgsl`
    var sums${phase} = ${gatesType(gates)}();
${terms.join('\n')}
#if ${spec.sliced}
    partial${phase}[local_index] = sums${phase};
    workgroupBarrier();
    if (is_owner) {
      for (var q = 1u; q < params.slices; q++) { sums${phase} += partial${phase}[local_index + q * ${u32(lanes)}]; }
    }
#endif
    ${gates.map((gate, i) => `let d${gate} = ${gateOf(`sums${phase}`, gates, i)};`).join(' ')}`;
}

/** What the owner of a unit makes of its sums; behind the end of a sequence states stay. */
function resultText(spec: ResidentSpec): string {
  return wgsl`
      ${cellText(spec)}
      old_h = select(old_h, new_h, is_valid);
      state[next + unit] = old_h;
#if ${spec.cell.op === 'LSTM'}
      old_c = select(old_c, new_c, is_valid);
#endif
#if ${spec.y}
      store_y(((t * params.directions + d) * params.batch + n) * params.units + unit, unit, select(V(), new_h, is_valid));
#endif`;
}
