/** Lowering of MaxPool and AveragePool, which share one shader. */
import { POOL_WORKGROUP, poolShader } from '../../shaders/pool.ts';
import { isFloat } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { product } from '../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type LowerContext,
  type Variant,
} from './definition.ts';
import { planarWindow, type PlanarWindow } from './window.ts';

type PoolOp = 'MaxPool' | 'AveragePool';

interface PoolKind {
  readonly kind: 'max' | 'average';
  readonly countIncludePad: boolean;
}

function planFor<K extends PoolOp>(context: LowerContext<K>): PlanarWindow {
  const { node } = context;
  const { dtype } = required(context, 0);
  if (!isFloat(dtype)) throw new PlanError(`there is no WebGPU kernel for ${dtype}`, { node: node.name, op: node.op });
  return planarWindow(context, node.attributes, node.attributes.kernel);
}

function call<K extends PoolOp>(
  { node, device }: LowerContext<K>,
  { spec, batch, params, padEnd }: PlanarWindow,
  { kind, countIncludePad }: PoolKind,
  width: 1 | 4,
): Omit<KernelCall, 'variant'> {
  const blocks = params.in_c / width;
  const count = product([batch, params.out_h, params.out_w, blocks]);
  const padded = {
    padded_h: params.pad_top + params.in_h + padEnd[0],
    padded_w: params.pad_left + params.in_w + padEnd[1],
  };
  return {
    shader: poolShader({ kind, window: spec, width, countIncludePad }),
    operands: [value(node.inputs[0]), value(node.outputs[0])],
    params: {
      ...params,
      count,
      blocks,
      strips: params.out_w,
      ...(kind === 'max' ? { lowest: -Infinity } : {}),
      ...(countIncludePad ? padded : {}),
    },
    workgroups: dispatch1d(count, POOL_WORKGROUP, device),
  };
}

/** The variants of a pool: four channels at a time where they divide so, and one at a time. */
export function poolVariants<K extends PoolOp>(kindOf: (context: LowerContext<K>) => PoolKind): readonly Variant<K>[] {
  return [
    variant<K, PlanarWindow>(
      'vec4',
      (context) => {
        const plan = planFor(context);
        return plan.params.in_c % 4 === 0 ? plan : undefined;
      },
      (context, plan) => [call(context, plan, kindOf(context), 4)],
    ),
    variant<K, PlanarWindow>('scalar', planFor, (context, plan) => [call(context, plan, kindOf(context), 1)]),
  ];
}
