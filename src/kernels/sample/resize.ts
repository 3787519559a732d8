/** Resize → one dispatch where floats change along two neighbouring axes or fewer, else one an axis; all read tables. */
import { RESIZE_WORKGROUP, resizeShader } from '../../../shaders/sample/resize.ts';
import { RESIZE_AXIS_WORKGROUP, resizeAxisShader, type ResizeAxisSpec } from '../../../shaders/sample/resize-axis.ts';
import { RESIZE_OUTSIDE_WORKGROUP, resizeOutsideShader } from '../../../shaders/sample/resize-outside.ts';
import { hostArray, isFloat, wgslScalar, type DType, type HostArray } from '../../core/dtype.ts';
import { extremesOf } from '../../core/extremes.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage } from '../../core/storage.ts';
import type { Shape } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { integerBias, resizedElement, type ResizeStep, type ResizeTable } from '../../ir/shapes/resize.ts';
import { at, product } from '../../util/arrays.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { stepsOf } from '../lib/resize-steps.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type Dispatched,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

/**
 * Vectors beside each other from which on workgroups have one position of the axis. Of windows of four only: the loop over
 * others is half as slow again so (bench:kernels --operators resize on lavapipe).
 */
const LONG_ROW = 64;

type Context = LowerContext<'Resize'>;
type Call = Omit<KernelCall, 'variant'>;

/** What the kernels know of an axis. */
type ChangedAxis = Pick<ResizeStep, 'input' | 'output' | 'window' | 'table'>;

/** An axis of one element. */
const SINGLE: ChangedAxis = {
  input: 1,
  output: 1,
  window: 1,
  table: {
    firsts: Uint32Array.of(0),
    counts: Uint32Array.of(1),
    weights: Float32Array.of(1),
    outside: [],
  },
};

/** The tensor as `[batch, rows, columns, channels]`, of which rows and columns change. */
interface Planar {
  readonly batch: number;
  readonly rows: ChangedAxis;
  readonly columns: ChangedAxis;
  readonly channels: number;
}

/** Two neighbouring axes, or one, that are moved or interpolated between two elements; undefined where it is not so. */
function planarOf(context: Context): Planar | undefined {
  const { mode } = context.node.attributes;
  const { dtype, shape } = result(context);
  const steps = stepsOf(context);
  const [last, first = last] = steps;
  const simple = steps.every((step) => step.window <= 2 && !(step.crops && step.table.outside.length > 0));
  const moves = mode === 'nearest' || steps.length === 0;
  if (!simple || steps.length > 2 || !(moves || isFloat(dtype))) return undefined;
  if (!last || !first) return { batch: product(shape), rows: SINGLE, columns: SINGLE, channels: 1 };
  if (last.axis - first.axis > 1) return undefined;
  return {
    batch: product(shape.slice(0, first.axis)),
    rows: first === last ? SINGLE : first,
    columns: last,
    channels: product(shape.slice(last.axis + 1)),
  };
}

function planarCall(context: Context, { batch, rows, columns, channels }: Planar, width: 1 | 4): Call {
  const { node, device } = context;
  const blocks = channels / width;
  const count = product([batch, rows.output, columns.output, blocks]);
  const linear = node.attributes.mode !== 'nearest';
  const axes = [rows, columns];
  // Of one element there are twice its halves, so that no infinite neighbour is multiplied by zero.
  const taps = pairs(axes, ({ counts }, i, first) => first + at(counts, i) - 1);
  const constants = linear ? [taps, shares(axes)] : [taps];
  return {
    shader: resizeShader({ linear, width }),
    operands: [value(node.inputs[0]), ...constants, value(node.outputs[0])],
    params: {
      count,
      in_h: rows.input,
      in_w: columns.input,
      out_h: rows.output,
      out_w: columns.output,
      blocks,
    },
    workgroups: dispatch1d(count, RESIZE_WORKGROUP, device),
  };
}

/** For each element along the axes where it comes from, and another number; made when it is uploaded. */
function pairs(
  axes: readonly ChangedAxis[],
  second: (table: ResizeTable, i: number, first: number) => number,
): CallOperand {
  return made('uint32', 2 * lengthOf(axes), (data) => {
    let to = 0;
    for (const { table } of axes) {
      table.firsts.forEach((first, i) => {
        data[to++] = first;
        data[to++] = second(table, i, first);
      });
    }
  });
}

/** How much of the second of two elements each along the axes takes. */
function shares(axes: readonly ChangedAxis[]): CallOperand {
  return made('float32', lengthOf(axes), (data) => {
    let to = 0;
    for (const { window, table } of axes) {
      table.counts.forEach((count, i) => (data[to++] = count === 1 ? 0.5 : at(table.weights, i * window + 1)));
    }
  });
}

function lengthOf(axes: readonly ChangedAxis[]): number {
  return axes.reduce((sum, { output }) => sum + output, 0);
}

function made(dtype: DType, length: number, fill: (data: HostArray) => void): CallOperand {
  const make = (): HostArray => {
    const data = hostArray(dtype, length);
    fill(data);
    return data;
  };
  return { kind: 'constant', tensor: lazyTensor(dtype, [length], make) };
}

/** One dispatch an axis, by way of scratch memory, then one for each axis along which something lies outside. */
function axisCalls(context: Context, changing: readonly ResizeStep[]): Call[] {
  const { node, device } = context;
  const { shape } = required(context, 0);
  const steps = changing.length > 0 ? changing : [{ ...SINGLE, axis: shape.length }];
  const calls: Call[] = [];
  let from: CallOperand = value(node.inputs[0]);
  const current = [...shape];
  steps.forEach((step, i) => {
    const isLast = i === steps.length - 1;
    const spec = specOf(context, { isFirst: i === 0, isLast });
    const inner = product(current.slice(step.axis + 1));
    const width = inner % 4 === 0 ? 4 : 1;
    current[step.axis] = step.output;
    const elements = product(current);
    const outer = product(current.slice(0, step.axis));
    const fours = !spec.moves && step.window === 4;
    const rows =
      fours &&
      inner / width >= LONG_ROW &&
      Math.max(outer, step.output) <= device.limits.maxComputeWorkgroupsPerDimension;
    const to: CallOperand = isLast
      ? value(node.outputs[0])
      : { kind: 'scratch', id: `axis ${step.axis}`, elements, storage: spec.to };
    calls.push({
      shader: resizeAxisShader({
        ...spec,
        width,
        rows,
        fours,
      }),
      operands: [from, ...tablesOf(step, spec.moves), to],
      params: { ...axisParams(step, elements / width, inner / width), ...integerParams(context, spec) },
      workgroups: rows
        ? [Math.ceil(inner / width / RESIZE_AXIS_WORKGROUP), step.output, outer]
        : dispatch1d(elements / width, RESIZE_AXIS_WORKGROUP, device),
    });
    from = to;
  });
  return [...calls, ...changing.flatMap((step) => outsideCalls(context, step))];
}

/** Only the last dispatch makes integers, unless every one rounds. */
function specOf(
  context: Context,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
): Omit<ResizeAxisSpec, 'width' | 'rows' | 'fours'> {
  const { mode, antialias } = context.node.attributes;
  const scalar = wgslScalar(result(context).dtype);
  if (mode === 'nearest') return { moves: true, from: 'u32', to: 'u32' };
  return { moves: false, from: isFirst || antialias ? scalar : 'f32', to: isLast || antialias ? scalar : 'f32' };
}

function tablesOf(step: ChangedAxis, moves: boolean): CallOperand[] {
  const taps = pairs([step], ({ counts }, i) => at(counts, i));
  return moves ? [taps] : [taps, made('float32', step.output * step.window, (data) => data.set(step.table.weights))];
}

function axisParams({ input, output, window }: ChangedAxis, count: number, blocks: number): Record<string, number> {
  return { count, blocks, inputs: input, outputs: output, window };
}

function integerParams(context: Context, { moves, to }: Pick<ResizeAxisSpec, 'moves' | 'to'>): Record<string, number> {
  if (moves || to === 'f32') return {};
  const [low, high] = extremesOf(result(context).dtype);
  return { bias: integerBias(context.node.attributes), low, high };
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
      operands: [made('uint32', outside.length, (data) => data.set(outside)), value(node.outputs[0])],
      params: { count, inner, outputs: output, outside: outside.length, fill },
      workgroups: dispatch1d(count, RESIZE_OUTSIDE_WORKGROUP, device),
    },
  ];
}

/** Nothing to do where there are no elements. */
function unlessEmpty(context: Context, calls: () => readonly Call[]): readonly Call[] {
  return isEmpty(result(context).shape) ? [] : calls();
}

function isEmpty(shape: Shape): boolean {
  return shape.includes(0);
}

const words: Dispatched<'Resize'> = {
  kind: 'dispatch',
  inputs: [{ storage: ['i8x4', 'u8x4'] }, {}],
  outputs: { storage: ['i8x4', 'u8x4'] },
  packs: isNearest,
  variants: [
    variant(
      'vec4',
      (context) => {
        const planar = planarOf(context);
        return planar && planar.channels % 4 === 0 ? planar : undefined;
      },
      (context, planar) => unlessEmpty(context, () => [planarCall(context, planar, 4)]),
    ),
    variant('scalar', planarOf, (context, planar) => unlessEmpty(context, () => [planarCall(context, planar, 1)])),
    variant('axes', stepsOf, (context, steps) => unlessEmpty(context, () => axisCalls(context, steps))),
  ],
};

function isNearest({ attributes }: NodeOf<'Resize'>): boolean {
  return attributes.mode === 'nearest';
}

export const resize: KernelDefinition<'Resize'> = withLazyVariant(words, {
  name: 'bytes',
  needs: (node, [x]) => isNearest(node) && x !== undefined && packedStorage(x.dtype) !== undefined,
  calls: lazy(() => import('./resize-bytes.ts'), 'resizeBytesCalls'),
});
