/** GridSample → one dispatch. */
import { GRID_AXES, GRID_SAMPLE_WORKGROUP, gridSampleShader } from '../../../shaders/sample/grid-sample.ts';
import { FLOATS } from '../../core/dtype.ts';
import { PlanError } from '../../core/errors.ts';
import { floatStorage } from '../../core/storage.ts';
import { at, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

type Context = LowerContext<'GridSample'>;

function dimsOf(context: Context): 1 | 2 | 3 {
  const dims = required(context, 0).shape.length - 2;
  if (dims === 1 || dims === 2 || dims === 3) return dims;
  throw new PlanError(`GridSample of ${dims} dimensions`);
}

function callOf(context: Context, width: 1 | 4): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const [x, y] = [required(context, 0), result(context)];
  const blocks = at(y.shape, y.shape.length - 1) / width;
  const count = product(y.shape.slice(0, -1)) * blocks;
  if (count === 0) return [];
  const { mode, padding, alignCorners } = node.attributes;
  const dims = dimsOf(context);
  const [xStorage, yStorage] = [floatStorage(x), floatStorage(y)];
  return [
    {
      shader: gridSampleShader({ mode, padding, alignCorners, dims, width, xStorage, yStorage }),
      operands: [value(node.inputs[0]), value(node.inputs[1]), value(node.outputs[0])],
      params: {
        count,
        blocks,
        places: product(y.shape.slice(1, -1)),
        ...axisParams(context),
        ...(alignCorners ? {} : { zero: 0 }),
      },
      workgroups: dispatch1d(count, GRID_SAMPLE_WORKGROUP, device),
    },
  ];
}

function axisParams(context: Context): Record<string, number> {
  const { padding, alignCorners } = context.node.attributes;
  const params: Record<string, number> = {};
  const extents = required(context, 0).shape.slice(1, -1).reverse();
  extents.forEach((extent, d) => {
    const axis = at(GRID_AXES, d);
    params[`in_${axis}`] = extent;
    if (padding !== 'reflection') return;
    // A single element, its edges aligned, mirrors itself: any period does.
    const turn = Math.max(1, 2 * (alignCorners ? extent - 1 : extent));
    params[`turn_${axis}`] = turn;
    params[`per_turn_${axis}`] = 1 / turn;
  });
  return params;
}

const channelsOf = (context: Context): number => at(result(context).shape, result(context).shape.length - 1);

export const gridSample: KernelDefinition<'GridSample'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'vec4',
      (context) => (channelsOf(context) % 4 === 0 ? context : undefined),
      (context) => callOf(context, 4),
    ),
    variant(
      'scalar',
      (context) => context,
      (context) => callOf(context, 1),
    ),
  ],
  // x, grid
  inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { dtypes: FLOATS }],
  outputs: { storage: ['f16'] },
  chooses: () => [1],
};
