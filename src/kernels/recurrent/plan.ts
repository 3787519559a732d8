/** What the kernels of recurrent networks share on the host: the product of x and w for all steps, weights, directions, states. */
import { GATES, RECURRENT_PARAMS, type CellSpec, type RecurrentSpec } from '../../../shaders/lib/recurrent.ts';
import { RECURRENT_BIAS_WORKGROUP, recurrentBiasShader } from '../../../shaders/recurrent/bias.ts';
import { RECURRENT_PACK_WORKGROUP, recurrentPackShader } from '../../../shaders/recurrent/pack.ts';
import { floatStorage } from '../../core/storage.ts';
import { NO_ACTIVATION, type Recurrent, type RecurrentFunction, type RecurrentOps } from '../../ir/ops.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  type CallOperand,
  type KernelCall,
  type LowerContext,
  type PreparedOperand,
} from '../definition.ts';
import { activationParams } from '../lib/activation.ts';
import type { Epilogue } from '../lib/epilogue.ts';
import type { Product } from '../product/product.ts';
import { preferredProducts, productVariants } from '../product/variants.ts';

/** Operators of the family. */
export type RecurrentOp = keyof RecurrentOps;

/** One dispatch without the name of its variant. */
export type RecurrentCall = Omit<KernelCall, 'variant'>;

/** A node as its kernels see it. */
export interface RecurrentPlan {
  readonly cell: CellSpec;
  readonly gates: number;
  readonly steps: number;
  readonly batch: number;
  readonly directions: number;
  readonly units: number;
  /** Vectors of four units. */
  readonly quads: number;
  /** Elements of one state. */
  readonly states: number;
  /** Inputs that there are. */
  readonly lengths: CallOperand | undefined;
  readonly before: readonly (CallOperand | undefined)[];
  /** y and the states behind, those that there are. */
  readonly outputs: readonly (CallOperand | undefined)[];
}

/** Vectors of one packed r. */
const packedVectors = ({ directions, quads, gates }: RecurrentPlan): number => directions * 4 * quads * gates * quads;

const given = (name: string | undefined): CallOperand | undefined => (name ? value(name) : undefined);

/** The plan of a node of a cell. */
export function recurrentPlan<K extends RecurrentOp>(context: LowerContext<K>, cell: CellSpec): RecurrentPlan {
  const { node } = context;
  const [steps = 0, batch = 0] = required(context, 0).shape;
  const [directions = 0, , units = 0] = required(context, 2).shape;
  const states = cell.op === 'LSTM' ? 2 : 1;
  return {
    cell,
    gates: GATES[cell.op],
    steps,
    batch,
    directions,
    units,
    quads: ceilDiv(units, 4),
    states: directions * batch * units,
    lengths: given(node.inputs[4]),
    before: range(states).map((i) => given(node.inputs[5 + i])),
    outputs: range(1 + states).map((i) => given(node.outputs[i])),
  };
}

/** x·w with its bias, for all steps and directions: `[T·N, D·gates·H]`, in scratch memory; and what makes it. */
export function inputSums<K extends RecurrentOp>(
  context: LowerContext<K>,
  plan: RecurrentPlan,
): { readonly x: CallOperand; readonly calls: readonly RecurrentCall[] } {
  const { steps, batch, directions, gates, units } = plan;
  const [rows, columns] = [steps * batch, directions * gates * units];
  const x: CallOperand = { kind: 'scratch', id: 'x·w', elements: Math.max(1, rows * columns) };
  if (rows === 0) return { x, calls: [] };
  const bias = summedBias(context, plan);
  const input = required(context, 0);
  const wanted: Product = {
    rows,
    depth: at(input.shape, 2),
    columns,
    transA: false,
    transB: true,
    batch: [],
    a: value(context.node.inputs[0]),
    aPlacement: input.placement,
    aType: floatStorage(input),
    b: value(context.node.inputs[1]),
    bType: required(context, 1).storage,
    constantB: context.constant(context.node.inputs[1] ?? ''),
    bias: bias && { rowStride: 0, columnStride: 1 },
    epilogue: sumsTail(x, bias?.operand, columns),
  };
  const variants = productVariants<K>(() => wanted);
  const names = preferredProducts(wanted, context.device);
  const ordered = [...names.flatMap((name) => variants.filter((v) => v.name === name)), ...variants];
  for (const { tryLower } of ordered) {
    const calls = tryLower(context);
    if (calls) return { x, calls: [...(bias?.calls ?? []), ...calls] };
  }
  return { x, calls: [] };
}

/** The tail of a product that adds a bias, if there is one, and no more. */
function sumsTail(y: CallOperand, bias: CallOperand | undefined, columns: number): Epilogue {
  return {
    spec: {
      bias: bias !== undefined,
      residual: 'none',
      residualType: 'f32',
      outType: 'f32',
      activation: 'none',
      scattered: false,
    },
    operands: [...(bias ? [bias] : []), y],
    params: { ...activationParams(NO_ACTIVATION), y_offset: 0, y_pitch: columns },
    vector: columns % 4 === 0,
  };
}

/** What is arranged anew, when the plan is loaded where it is a constant, else in every run. */
export interface ArrangedInput {
  readonly operand: CallOperand;
  readonly calls: readonly RecurrentCall[];
}

function arranged<K extends RecurrentOp>(
  context: LowerContext<K>,
  input: number,
  { shader, params, workgroups, key, elements }: Omit<PreparedOperand, 'kind' | 'source' | 'storage'>,
): ArrangedInput {
  const name = context.node.inputs[input] ?? '';
  const source = context.constant(name);
  if (source) {
    return {
      operand: { kind: 'prepared', source, key, elements, storage: 'f32', shader, params, workgroups },
      calls: [],
    };
  }
  const operand: CallOperand = { kind: 'scratch', id: key, elements };
  return { operand, calls: [{ shader, operands: [value(name), operand], params, workgroups }] };
}

/** The bias of w and that of r, which is left out where a reset gate comes between. */
function summedBias<K extends RecurrentOp>(
  context: LowerContext<K>,
  { cell, directions, gates, units }: RecurrentPlan,
): ArrangedInput | undefined {
  if (!context.inputs[3]) return undefined;
  const rows = gates * units;
  const added = cell.op === 'GRU' && cell.linearBeforeReset ? 2 * units : rows;
  const count = directions * rows;
  return arranged(context, 3, {
    key: `recurrent bias, ${added} of ${rows}`,
    elements: count,
    shader: recurrentBiasShader(),
    params: { count, rows, added },
    workgroups: dispatch1d(count, RECURRENT_BIAS_WORKGROUP, context.device),
  });
}

/** r as the kernels read it. */
export function packedState<K extends RecurrentOp>(context: LowerContext<K>, plan: RecurrentPlan): ArrangedInput {
  const { units, quads, gates } = plan;
  const count = packedVectors(plan);
  return arranged(context, 2, {
    key: `recurrent r of ${gates} gates`,
    elements: 4 * count,
    shader: recurrentPackShader(),
    params: { count, units, quads, gates },
    workgroups: dispatch1d(count, RECURRENT_PACK_WORKGROUP, context.device),
  });
}

/** Directions that one dispatch computes: all, where they have the same functions, else each on its own. */
export interface DirectionGroup {
  readonly first: number;
  readonly count: number;
  readonly functions: readonly RecurrentFunction[];
}

export function directionGroups({ functions }: Recurrent, directions: number): DirectionGroup[] {
  const each = functions.length / directions;
  const own = range(directions).map((d) => functions.slice(d * each, (d + 1) * each));
  const [first = []] = own;
  const same = own.every((others) =>
    others.every(({ kind, alpha, beta }, i) => {
      const f = at(first, i);
      return kind === f.kind && alpha === f.alpha && beta === f.beta;
    }),
  );
  if (same) return [{ first: 0, count: directions, functions: first }];
  return own.map((functionsOf, d) => ({ first: d, count: 1, functions: functionsOf }));
}

/** The structure that all kernels of a node share. */
export function recurrentSpec(
  plan: RecurrentPlan,
  { clip }: Recurrent,
  { functions }: DirectionGroup,
): Omit<RecurrentSpec, 'before' | 'sliced' | 'ragged' | 'single'> {
  return {
    cell: plan.cell,
    functions: functions.map(({ kind }) => kind),
    clipped: clip !== Infinity,
    lengths: plan.lengths !== undefined,
  };
}

/** Values of `RECURRENT_PARAMS`. */
export function recurrentParams(
  plan: RecurrentPlan,
  { clip, direction }: Recurrent,
  { first, functions }: DirectionGroup,
  own: { readonly groups: number; readonly slices: number },
): { readonly [K in keyof typeof RECURRENT_PARAMS]: number } {
  const [f, g, h] = functions;
  return {
    ...own,
    units: plan.units,
    quads: plan.quads,
    batch: plan.batch,
    directions: plan.directions,
    direction: first,
    backward: direction === 'forward' ? 0 : direction === 'reverse' ? 1 : 2,
    steps: plan.steps,
    clip: clip === Infinity ? 0 : clip,
    f_alpha: f?.alpha ?? 0,
    f_beta: f?.beta ?? 0,
    g_alpha: g?.alpha ?? 0,
    g_beta: g?.beta ?? 0,
    h_alpha: h?.alpha ?? 0,
    h_beta: h?.beta ?? 0,
  };
}

/** What a cell reads beside x, r and the states: peepholes, or the bias behind the reset gate. */
export function cellOperands<K extends RecurrentOp>({ node }: LowerContext<K>, cell: CellSpec): CallOperand[] {
  if (cell.op === 'LSTM' && cell.peepholes) return [value(node.inputs[7])];
  return cell.op === 'GRU' && cell.biased ? [value(node.inputs[3])] : [];
}
