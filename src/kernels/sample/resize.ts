/** Resize → one dispatch where floats change along two neighbouring axes or fewer, else one an axis; all read tables. */
import { RESIZE_WORKGROUP, resizeShader } from '../../../shaders/sample/resize.ts';
import { isFloat } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage } from '../../core/storage.ts';
import type { Shape } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import type { ResizeTable } from '../../ir/shapes/resize.ts';
import { at, product } from '../../util/arrays.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { SINGLE, stepsOf, uploadedTable, type ChangedAxis } from '../lib/resize-steps.ts';
import { axisCalls } from './resize-axes.ts';
import {
  dispatch1d,
  result,
  value,
  variant,
  type CallOperand,
  type Dispatched,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

type Context = LowerContext<'Resize'>;
type Call = Omit<KernelCall, 'variant'>;

/** The tensor as `[batch, rows, columns, channels]`, of which rows and columns change. */
interface Planar {
  readonly batch: number;
  readonly rows: ChangedAxis;
  readonly columns: ChangedAxis;
  readonly channels: number;
  /** False where elements are moved as they are. */
  readonly linear: boolean;
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
  if (!last || !first) return { batch: product(shape), rows: SINGLE, columns: SINGLE, channels: 1, linear: false };
  if (last.axis - first.axis > 1) return undefined;
  return {
    batch: product(shape.slice(0, first.axis)),
    rows: first === last ? SINGLE : first,
    columns: last,
    channels: product(shape.slice(last.axis + 1)),
    linear: !moves,
  };
}

function planarCall(context: Context, { batch, rows, columns, channels, linear }: Planar, width: 1 | 4): Call {
  const { node, device } = context;
  const blocks = channels / width;
  const count = product([batch, rows.output, columns.output, blocks]);
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
  return uploadedTable('uint32', 2 * lengthOf(axes), (data) => {
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
  return uploadedTable('float32', lengthOf(axes), (data) => {
    let to = 0;
    for (const { window, table } of axes) {
      table.counts.forEach((count, i) => (data[to++] = count === 1 ? 0.5 : at(table.weights, i * window + 1)));
    }
  });
}

function lengthOf(axes: readonly ChangedAxis[]): number {
  return axes.reduce((sum, { output }) => sum + output, 0);
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
