/** Resize along any axes → one dispatch an axis, by way of scratch memory, then one for each that is cropped. */
import { RESIZE_AXIS_WORKGROUP, resizeAxisShader } from '../../../shaders/sample/resize-axis.ts';
import { RESIZE_FILTER_WORKGROUP, resizeFilterShader } from '../../../shaders/sample/resize-filter.ts';
import { RESIZE_OUTSIDE_WORKGROUP, resizeOutsideShader } from '../../../shaders/sample/resize-outside.ts';
import type { Scalar } from '../../../shaders/lib/numbers.ts';
import { isFloat, wgslScalar } from '../../core/dtype.ts';
import { extremesOf } from '../../core/extremes.ts';
import { integerBias, resizedElement, type ResizeStep, type ResizeTable } from '../../ir/shapes/resize.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  type CallOperand,
  type KernelCall,
  type LowerContext,
} from '../definition.ts';
import { SINGLE, uploadedTable, type ChangedAxis } from '../lib/resize-steps.ts';

/** Neighbouring results that an invocation makes where their windows overlap. */
const RESULTS = 4;
/** Elements of an axis up to which coordinates in float32 are less than half an element off. */
const EXACT = 2 ** 20;

type Context = LowerContext<'Resize'>;
type Call = Omit<KernelCall, 'variant'>;

/** An axis on its way from one memory to another. */
interface AxisCall {
  readonly axis: ChangedAxis & Pick<ResizeStep, 'crops'>;
  readonly from: CallOperand;
  readonly to: CallOperand;
  readonly types: { readonly from: Scalar; readonly to: Scalar };
  readonly outer: number;
  /** Neighbouring vectors of `width` elements that go the same way. */
  readonly blocks: number;
  readonly width: 1 | 4;
}

/** The dispatches of a Resize that changes these axes. */
export function axisCalls(context: Context, changing: readonly ResizeStep[]): Call[] {
  const { node } = context;
  const current = [...required(context, 0).shape];
  const moves = node.attributes.mode === 'nearest' || changing.length === 0;
  const steps = changing.length > 0 ? inOrder(context, changing) : [{ ...SINGLE, axis: current.length, crops: false }];
  let from: CallOperand = value(node.inputs[0]);
  const calls = steps.map((step, i): Call => {
    const isLast = i === steps.length - 1;
    const types = typesOf(context, moves, { isFirst: i === 0, isLast });
    current[step.axis] = step.output;
    const inner = product(current.slice(step.axis + 1));
    const to: CallOperand = isLast
      ? value(node.outputs[0])
      : { kind: 'scratch', id: `axis ${step.axis}`, elements: product(current), storage: types.to };
    const width = inner % 4 === 0 ? 4 : 1;
    const outer = product(current.slice(0, step.axis));
    const call = { axis: step, from, to, types, outer, blocks: inner / width, width } as const;
    from = to;
    return moves ? moveCall(context, call) : filterCall(context, call);
  });
  return [...calls, ...changing.flatMap((step) => outsideCalls(context, step))];
}

/**
 * First what makes the tensor smallest, so that the other axes have less to do. Among equals shrinks the outermost first,
 * and grows the innermost: so more of the work is along axes whose neighbours go the same way. Integers that are rounded
 * after each axis keep the order they have.
 */
function inOrder(context: Context, steps: readonly ResizeStep[]): readonly ResizeStep[] {
  const { antialias, mode } = context.node.attributes;
  if ((antialias && !isFloat(result(context).dtype)) || mode === 'nearest') return steps;
  return [...steps].sort((a, b) => growth(a) - growth(b) || (growth(a) < 1 ? a.axis - b.axis : b.axis - a.axis));
}

function growth({ input, output }: ResizeStep): number {
  return output / input;
}

/** Only the last dispatch makes integers, unless every one rounds. */
function typesOf(
  context: Context,
  moves: boolean,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): AxisCall['types'] {
  if (moves) return { from: 'u32', to: 'u32' };
  const { antialias } = context.node.attributes;
  const scalar = wgslScalar(result(context).dtype);
  return { from: isFirst || antialias ? scalar : 'f32', to: isLast || antialias ? scalar : 'f32' };
}

function moveCall({ device }: Context, { axis, from, to, outer, blocks, width }: AxisCall): Call {
  const count = outer * axis.output * blocks;
  return {
    shader: resizeAxisShader({ width }),
    operands: [from, uploadedTable('uint32', axis.output, (data) => data.set(axis.table.firsts)), to],
    params: { count, blocks, inputs: axis.input, outputs: axis.output },
    workgroups: dispatch1d(count, RESIZE_AXIS_WORKGROUP, device),
  };
}

function filterCall(context: Context, { axis, from, to, types, outer, blocks, width }: AxisCall): Call {
  const { device } = context;
  const tables = groupsOf(axis);
  const { results, groups, span } = tables;
  const items = outer * blocks;
  const dispatched = ceilDiv(items, RESIZE_FILTER_WORKGROUP);
  const together =
    items >= RESIZE_FILTER_WORKGROUP && Math.max(dispatched, groups) <= device.limits.maxComputeWorkgroupsPerDimension;
  const count = together ? items : items * groups;
  return {
    shader: resizeFilterShader({ width, ...types, results, together }),
    operands: [from, tables.taps, tables.weights, to],
    params: {
      count,
      blocks,
      inputs: axis.input,
      outputs: axis.output,
      groups,
      span,
      ...integerParams(context, types.to),
    },
    workgroups: together ? [dispatched, groups, 1] : dispatch1d(count, RESIZE_FILTER_WORKGROUP, device),
  };
}

function integerParams(context: Context, to: Scalar): Record<string, number> {
  if (to === 'f32') return {};
  const [low, high] = extremesOf(result(context).dtype);
  return { bias: integerBias(context.node.attributes), low, high };
}

/** The tables of groups of neighbouring results. */
interface Groups {
  readonly results: 1 | typeof RESULTS;
  readonly groups: number;
  /** The most input elements that a group comes from. */
  readonly span: number;
  readonly taps: CallOperand;
  readonly weights: CallOperand;
}

/** Results go together where they have much input in common. */
function groupsOf({ input, output, window, spacing, table, crops }: AxisCall['axis']): Groups {
  // One more, for what coordinates are off.
  const joint = Math.min(input, window + Math.ceil((RESULTS - 1) * spacing) + 1);
  const joins = !crops && Math.max(input, output) <= EXACT && joint <= (RESULTS - 1) * window;
  const [results, span] = joins ? ([RESULTS, joint] as const) : ([1, window] as const);
  const groups = ceilDiv(output, results);
  return {
    results,
    groups,
    span,
    taps: uploadedTable('uint32', 2 * groups, (data) => {
      for (let g = 0; g < groups; g++) data.set(extentOf(table, g, results), 2 * g);
    }),
    weights: uploadedTable('float32', groups * span * results, (data) => {
      table.firsts.forEach((first, i) => {
        const g = Math.floor(i / results);
        const start = g * span + first - extentOf(table, g, results)[0];
        for (let k = 0; k < at(table.counts, i); k++) {
          data[(start + k) * results + (i % results)] = at(table.weights, i * window + k);
        }
      });
    }),
  };
}

/** The first input element that a group comes from, and the number of them. */
function extentOf({ firsts, counts }: ResizeTable, group: number, results: number): [first: number, count: number] {
  const own = firsts.subarray(group * results, (group + 1) * results);
  const first = Math.min(...own);
  return [first, Math.max(...own.map((from, r) => from + at(counts, group * results + r))) - first];
}

function outsideCalls(context: Context, step: ResizeStep): Call[] {
  if (!step.crops) return [];
  const { axis, output, table } = step;
  const { outside } = table;
  const { node, device } = context;
  const { dtype, shape } = result(context);
  const inner = product(shape.slice(axis + 1));
  const count = outside.length * inner * product(shape.slice(0, axis));
  if (count === 0) return [];
  const fill = resizedElement(node.attributes, dtype)(node.attributes.extrapolation);
  return [
    {
      shader: resizeOutsideShader({ scalar: wgslScalar(dtype) }),
      operands: [uploadedTable('uint32', outside.length, (data) => data.set(outside)), value(node.outputs[0])],
      params: { count, inner, outputs: output, outside: outside.length, fill },
      workgroups: dispatch1d(count, RESIZE_OUTSIDE_WORKGROUP, device),
    },
  ];
}
