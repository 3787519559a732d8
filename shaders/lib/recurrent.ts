/**
 * What the kernels of recurrent networks share. Units come in quads, vectors of four, the last of them padded with zeros where
 * there are none; r is packed (shaders/recurrent/pack.ts), and x is what the products with w gave, bias and all:
 * `[T, N, D, gates, H]`.
 */
import type { RecurrentKind } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import { wgsl, type Binding, type ParamFields } from './module.ts';
import { keepNanFunction } from './numbers.ts';

/** Which cell, with what changes its text. */
export type CellSpec =
  | { readonly op: 'LSTM'; readonly inputForget: boolean; readonly peepholes: boolean }
  | { readonly op: 'GRU'; readonly linearBeforeReset: boolean; readonly biased: boolean }
  | { readonly op: 'RNN' };

/** The structure of a recurrent node. */
export interface RecurrentSpec {
  readonly cell: CellSpec;
  /** The cell's functions in ONNX's order. */
  readonly functions: readonly RecurrentKind[];
  readonly clipped: boolean;
  /** H is no multiple of four: elements are read and written one by one. */
  readonly ragged: boolean;
  /** Sequences have lengths of their own. */
  readonly lengths: boolean;
  /** The states before: none, which are zero; buffers of their own; or one of h and then c. */
  readonly before: 'none' | 'apart' | 'joined';
  /** Several lanes share the sums of a quad. */
  readonly sliced: boolean;
  /** A lane has one unit instead of a quad: what is said of quads holds for units, and nothing is ragged. */
  readonly single: boolean;
}

/** Which outputs a kernel of whole sequences writes. */
export interface SequenceOutputs {
  readonly y: boolean;
  readonly after: { readonly h: boolean; readonly c: boolean };
}

/** Gates of each cell. */
export const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;

/** Names of the functions in WGSL, in ONNX's order. */
const NAMES = ['f', 'g', 'h'] as const;

/** Parameters of all kernels. */
export const RECURRENT_PARAMS = {
  groups: 'u32',
  units: 'u32',
  quads: 'u32',
  slices: 'u32',
  batch: 'u32',
  directions: 'u32',
  /** The first direction of the dispatch, and a bit for each direction that runs backwards. */
  direction: 'u32',
  backward: 'u32',
  steps: 'u32',
  clip: 'f32',
  f_alpha: 'f32',
  f_beta: 'f32',
  g_alpha: 'f32',
  g_beta: 'f32',
  h_alpha: 'f32',
  h_beta: 'f32',
} as const satisfies ParamFields;

/** tanh overflows to NaN for large arguments on some drivers; beyond ±10 it is ±1 in float32. */
const tanh = (x: string): string => `tanh(clamp(${x}, V(-10.0), V(10.0)))`;

/** Functions of `x`, a vector, with the scalars a and b. NaN stays NaN. */
const BODIES: { readonly [K in RecurrentKind]: string } = {
  relu: 'return keep_nan(x, max(x, V(0.0)));',
  tanh: `return keep_nan(x, ${tanh('x')});`,
  sigmoid: 'return keep_nan(x, 1.0 / (1.0 + exp(-x)));',
  affine: 'return a * x + b;',
  leakyRelu: 'return select(x, x * a, x < V(0.0));',
  thresholdedRelu: 'return keep_nan(x, select(V(0.0), x, x > V(a)));',
  scaledTanh: `let v = b * x; return a * keep_nan(v, ${tanh('v')});`,
  hardSigmoid: 'let v = a * x + b; return keep_nan(v, clamp(v, V(0.0), V(1.0)));',
  elu: 'return keep_nan(x, select(x, a * (exp(x) - 1.0), x < V(0.0)));',
  softsign: 'return x / (1.0 + abs(x));',
  // log(1 + t) for t = e^-|x|: the sum would round a small t away, so that is where its series takes over.
  softplus: `let t = exp(-abs(x));
  return keep_nan(x, max(x, V(0.0)) + select(log(1.0 + t), t * (1.0 - t * (0.5 - t / 3.0)), t < V(0.01)));`,
};

/** Declares the cell's functions. Those of gates, the first two, clip their argument where the spec says so. */
export function cellFunctions({ functions, clipped, single }: RecurrentSpec): string {
  const declared = functions.map((kind, i) => {
    const name = NAMES[i] ?? 'f';
    return wgsl`
fn ${name}(given: V) -> V {
  let a = params.${name}_alpha;
  let b = params.${name}_beta;
#if ${clipped && i < 2}
  let x = keep_nan(given, clamp(given, V(-params.clip), V(params.clip)));
#else
  let x = given;
#endif
  ${BODIES[kind]}
}`;
  });
  return wgsl`
alias V = ${single ? 'f32' : 'vec4<f32>'};
${keepNanFunction(single ? 1 : 4)}
${declared.join('\n')}`;
}

/** A buffer of units that is read or written quad by quad. */
export function quadBinding(name: string, access: 'read' | 'read_write', spec: RecurrentSpec): Binding {
  return { name, access, element: spec.ragged || spec.single ? 'f32' : 'vec4<f32>' };
}

/** Declares `fn load_name(at, unit)`: the quad of units from `unit` on, whose first lies at the element `at`. */
function quadLoad(name: string, { ragged, single }: RecurrentSpec): string {
  if (single) return `fn load_${name}(at: u32, unit: u32) -> V { return ${name}[at]; }`;
  const lanes = range(4).map(
    (k) => wgsl`
  if (unit + ${u32(k)} < params.units) { v[${u32(k)}] = ${name}[at + ${u32(k)}]; }`,
  );
  return ragged
    ? wgsl`
fn load_${name}(at: u32, unit: u32) -> V {
  var v = V();${lanes.join('')}
  return v;
}`
    : wgsl`
fn load_${name}(at: u32, unit: u32) -> V { return ${name}[at / 4u]; }`;
}

/** Declares `fn store_name(at, unit, v)`. */
function quadStore(name: string, { ragged, single }: RecurrentSpec): string {
  if (single) return `fn store_${name}(at: u32, unit: u32, v: V) { ${name}[at] = v; }`;
  const lanes = range(4).map(
    (k) => wgsl`
  if (unit + ${u32(k)} < params.units) { ${name}[at + ${u32(k)}] = v[${u32(k)}]; }`,
  );
  return ragged
    ? wgsl`
fn store_${name}(at: u32, unit: u32, v: V) {${lanes.join('')}
}`
    : wgsl`
fn store_${name}(at: u32, unit: u32, v: V) { ${name}[at / 4u] = v; }`;
}

/**
 * Statements that declare `d0…`, a vector each, and add the products of r and a state to them: `gates` by number; `state`, an
 * expression of its quad `k`. In scope: d, quad, slice, is_there.
 */
export function stateSums({ cell }: RecurrentSpec, gates: readonly number[], state: string): string {
  const all = GATES[cell.op];
  const terms = range(4).flatMap((q) =>
    gates.map(
      (gate) => wgsl`
      d${gate} += r[at + ${u32(q * all + gate)} * params.quads] * v[${u32(q)}];`,
    ),
  );
  return wgsl`
  ${gates.map((gate) => `var d${gate} = V();`).join(' ')}
  if (is_there) {
    for (var k = slice; k < params.quads; k += params.slices) {
      let v = ${state};
      let at = (d * params.quads + k) * ${u32(4 * all)} * params.quads + quad;${terms.join('')}
    }
  }`;
}

/**
 * Statements that bring the sums of all slices of a quad to the first; they hold a barrier. In scope: `partial`, of `size` vectors for
 * each gate, `stride` lanes from slice to slice.
 */
export function sliceSums({ sliced }: RecurrentSpec, gates: readonly number[], size: number, stride: string): string {
  if (!sliced) return '';
  const at = (i: number): string => `partial[${u32(i * size)} + `;
  return wgsl`
  ${gates.map((gate, i) => wgsl`${at(i)}local_index] = d${gate};`).join(' ')}
  workgroupBarrier();
  if (is_owner) {
    for (var q = 1u; q < params.slices; q++) {
      ${gates.map((gate, i) => wgsl`d${gate} += ${at(i)}local_index + q * ${stride}];`).join(' ')}
    }
  }`;
}

/** Whether the hidden gate of a cell waits for the reset gate of all units. */
export function hasTwoPhases({ cell }: Pick<RecurrentSpec, 'cell'>): boolean {
  return cell.op === 'GRU' && !cell.linearBeforeReset;
}

/** What comes of the input for a gate. */
const gateInput = (gate: number): string => `load_x(x_at + ${u32(gate)} * params.units, unit)`;

/**
 * Statements that make `new_h`, and `new_c` of an LSTM, of the sums d0…; of what is in `x`, from the element `x_at` on; of the states
 * `old_h` and `old_c`; and, in the second of two phases, of the update gate `z`.
 */
export function cellText({ cell }: RecurrentSpec): string {
  switch (cell.op) {
    case 'LSTM': {
      const peep = (which: number, state: string): string =>
        cell.peepholes ? ` + load_p((d * 3u + ${u32(which)}) * params.units + unit, unit) * ${state}` : '';
      return wgsl`
  let input_gate = f(${gateInput(0)} + d0${peep(0, 'old_c')});
#if ${cell.inputForget}
  let forget_gate = 1.0 - input_gate;
#else
  let forget_gate = f(${gateInput(2)} + d2${peep(2, 'old_c')});
#endif
  let new_c = forget_gate * old_c + input_gate * g(${gateInput(3)} + d3);
  let new_h = f(${gateInput(1)} + d1${peep(1, 'new_c')}) * h(new_c);`;
    }
    case 'GRU': {
      const bias = cell.biased ? ' + load_b((d * 6u + 5u) * params.units + unit, unit)' : '';
      return wgsl`
#if ${cell.linearBeforeReset}
  let z = f(${gateInput(0)} + d0);
  let hidden = g(${gateInput(2)} + f(${gateInput(1)} + d1) * (d2${bias}));
#else
  let hidden = g(${gateInput(2)} + d2);
#endif
  let new_h = (1.0 - z) * hidden + z * old_h;`;
    }
    case 'RNN':
      return wgsl`
  let new_h = f(${gateInput(0)} + d0);`;
  }
}

/** Statements that make the update gate `z` and `kept`, what the reset gate leaves of `old_h`. */
export function resetText(): string {
  return wgsl`
  z = f(load_x(x_at, unit) + d0);
  let kept = f(load_x(x_at + params.units, unit) + d1) * old_h;`;
}

/** Bindings that a cell reads beside x, r and states. */
export function cellBindings(spec: RecurrentSpec): Binding[] {
  const { cell } = spec;
  if (cell.op === 'LSTM' && cell.peepholes) return [quadBinding('p', 'read', spec)];
  return cell.op === 'GRU' && cell.biased ? [quadBinding('b', 'read', spec)] : [];
}

/** States of a cell. */
export function statesOf({ cell }: RecurrentSpec): readonly ('h' | 'c')[] {
  return cell.op === 'LSTM' ? ['h', 'c'] : ['h'];
}

/** Names of the buffers that hold the states before. */
export function beforeNames(spec: RecurrentSpec): string[] {
  if (spec.before === 'none') return [];
  return spec.before === 'joined' ? ['before'] : statesOf(spec).map((name) => `${name}_before`);
}

/** An expression of a state before, at the element `at`; zero where there is none. */
export function stateBefore({ before }: RecurrentSpec, name: 'h' | 'c', at: string, unit = 'unit'): string {
  if (before === 'none') return 'V()';
  if (before === 'apart') return `load_${name}_before(${at}, ${unit})`;
  return name === 'h' ? `load_before(${at}, ${unit})` : `load_before(params.states + ${at}, ${unit})`;
}

/** Declares how each buffer of units is read and written. */
export function quadFunctions(bindings: readonly Binding[], spec: RecurrentSpec): string {
  return bindings
    .filter(({ name }) => name !== 'r' && name !== 'lengths')
    .map(({ name, access }) => (access === 'read' ? quadLoad(name, spec) : quadStore(name, spec)))
    .join('\n');
}

/** Statements that keep what pads the last quad zero, whatever functions make of it. */
export function paddedUnits({ ragged }: RecurrentSpec): string {
  return ragged ? 'new_state = select(V(), new_state, V4(unit) + V4(0u, 1u, 2u, 3u) < V4(params.units));' : '';
}

/** Bindings of a kernel of whole sequences; an element of `r` is what it reads at once. */
export function sequenceBindings(spec: RecurrentSpec & SequenceOutputs, r: 'f32' | 'vec4<f32>'): Binding[] {
  return [
    quadBinding('x', 'read', spec),
    { name: 'r', access: 'read', element: r },
    ...cellBindings(spec),
    ...(spec.lengths ? [{ name: 'lengths', access: 'read', element: 'i32' } as const] : []),
    ...beforeNames(spec).map((name) => quadBinding(name, 'read', spec)),
    ...(spec.y ? [quadBinding('y', 'read_write', spec)] : []),
    ...statesOf(spec)
      .filter((name) => spec.after[name])
      .map((name) => quadBinding(`${name}_after`, 'read_write', spec)),
  ];
}
