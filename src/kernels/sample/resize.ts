/** Resize → one dispatch that reads its coordinates from tables. */
import { RESIZE_WORKGROUP, resizeShader } from '../../../shaders/sample/resize.ts';
import { tensorOf } from '../../core/tensor.ts';
import { resizeTable, scaledAxis, sizedAxis, type ResizeAxis, type ResizeTable } from '../../ir/shapes/resize.ts';
import { at, product } from '../../util/arrays.ts';
import { givenInts } from '../lib/constants.ts';
import { PLANAR_RANKS } from '../lib/window.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

type Context = LowerContext<'Resize'>;

/** One row when there is only one spatial dimension. */
const SINGLE_ROW: ResizeAxis = { input: 1, output: 1, scale: 1 };

/** Vertical and horizontal axis. */
function axesOf(context: Context): readonly [ResizeAxis, ResizeAxis] {
  const spatial = required(context, 0).shape.slice(1, -1);
  const scales = givenInts(context, 1);
  const sizes = result(context).shape.slice(1, -1);
  const axes = spatial.map((input, i) => (scales ? scaledAxis(input, at(scales, i)) : sizedAxis(input, at(sizes, i))));
  return axes.length === 1 ? [SINGLE_ROW, at(axes, 0)] : [at(axes, 0), at(axes, 1)];
}

function call(context: Context, axes: readonly [ResizeAxis, ResizeAxis], width: 1 | 4): Omit<KernelCall, 'variant'> {
  const { node, device } = context;
  const { shape } = result(context);
  const blocks = at(shape, shape.length - 1) / width;
  const [rows, columns] = axes;
  const count = product([at(shape, 0), rows.output, columns.output, blocks]);
  const linear = node.attributes.mode === 'linear';
  const tables = axes.map((axis) => resizeTable(node.attributes, axis));
  const constants = linear ? [tapsOf(tables), sharesOf(tables)] : [tapsOf(tables)];
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

function tapsOf(tables: readonly ResizeTable[]): CallOperand {
  const pairs = tables.flatMap(({ low, high }) => Array.from(low, (v, i) => [v, high[i] ?? 0]).flat());
  return { kind: 'constant', tensor: tensorOf('uint32', [pairs.length], pairs) };
}

function sharesOf(tables: readonly ResizeTable[]): CallOperand {
  const shares = tables.flatMap(({ share }) => Array.from(share));
  return { kind: 'constant', tensor: tensorOf('float32', [shares.length], shares) };
}

export const resize: KernelDefinition<'Resize'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  ranks: PLANAR_RANKS,
  variants: [
    variant(
      'vec4',
      (context) =>
        at(result(context).shape, result(context).shape.length - 1) % 4 === 0 ? axesOf(context) : undefined,
      (context, axes) => [call(context, axes, 4)],
    ),
    variant('scalar', axesOf, (context, axes) => [call(context, axes, 1)]),
  ],
};
