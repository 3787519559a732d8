/** Lowering of MaxPool and AveragePool, which share one shader. */
import { floatStorage } from '../../core/storage.ts';
import { poolShader } from '../../../shaders/pool/pool.ts';
import { isFloat } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import { isVectorised } from '../../core/placement.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type Dispatched,
  type KernelCall,
  type LowerContext,
  type OperandTraits,
  type Variant,
} from '../definition.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { isVolume, planarWindow, type PlanarWindow } from '../lib/window.ts';

type PoolOp = 'MaxPool' | 'AveragePool';

interface PoolKind {
  readonly kind: 'max' | 'average';
  readonly countIncludePad: boolean;
}

/**
 * Output pixels along a row that an invocation makes, sharing the columns their windows share: 3×3 at stride 1 on
 * 17×17×768 takes 0.81 ms instead of 1.42 on lavapipe, 5.6 instead of 12.9 on SwiftShader. At stride 2 it gains a tenth,
 * and takes lavapipe 0.8 s to compile: there it is left alone.
 */
const STRIP = 4;

/** Kernels wider than this are not unrolled. */
const WIDEST_UNROLLED = 5;

/** Floats in strips or pixels, narrow integers by the kernel for volumes. */
const POOLED = { storage: ['f16', 'i8x4', 'u8x4'], lies: 'rows' } as const satisfies OperandTraits;

/** Small workgroups spread evenly over the few cores of a software adapter; a GPU wants at least one full wave. */
const WORKGROUP = { software: 8, other: 64 };

function planFor<K extends PoolOp>(context: LowerContext<K>): PlanarWindow {
  const { attributes } = context.node;
  return planarWindow(context, attributes, attributes.kernel);
}

function call<K extends PoolOp>(
  context: LowerContext<K>,
  { spec, batch, params, padEnd }: PlanarWindow,
  { kind, countIncludePad }: PoolKind,
  pixels: number,
): Omit<KernelCall, 'variant'> {
  const { node, device } = context;
  const [x, y] = [required(context, 0), result(context)];
  const [from, to] = [required(context, 0).placement, result(context).placement];
  const width = isVectorised(from, x.shape) && isVectorised(to, y.shape) ? 4 : 1;
  const blocks = params.in_c / width;
  const strips = ceilDiv(params.out_w, pixels);
  const count = product([batch, params.out_h, strips, blocks]);
  const workgroup = device.adapterClass === 'software' ? WORKGROUP.software : WORKGROUP.other;
  const padded = {
    padded_h: params.pad_top + params.in_h + padEnd[0],
    padded_w: params.pad_left + params.in_w + padEnd[1],
  };
  const types = { xType: floatStorage(x), yType: floatStorage(y) };
  return {
    shader: poolShader({ kind, window: spec, pixels, width, ...types, workgroup, countIncludePad }),
    operands: [value(node.inputs[0]), value(node.outputs[0])],
    params: {
      ...params,
      x_offset: from.offset,
      x_pitch: from.pitch,
      y_offset: to.offset,
      y_pitch: to.pitch,
      count,
      blocks,
      strips,
      outside: kind === 'max' ? -Infinity : 0,
      ...(countIncludePad ? padded : {}),
    },
    workgroups: dispatch1d(count, workgroup, device),
  };
}

/**
 * How a pool reaches the GPU: in strips of pixels where the kernel is narrow, one pixel at a time, and by a kernel of its own
 * for volumes and integers.
 */
export function pool<K extends PoolOp>(kindOf: (context: LowerContext<K>) => PoolKind): Dispatched<K> {
  const variants: readonly Variant<K>[] = [
    variant<K, PlanarWindow>(
      `strip-${STRIP}`,
      (context) => {
        const plan = planFor(context);
        const { kernel, strides } = plan.spec;
        const pays = strides[1] === 1 && kernel[1] <= WIDEST_UNROLLED && plan.params.out_w > STRIP / 2;
        return pays ? plan : undefined;
      },
      (context, plan) => [call(context, plan, kindOf(context), STRIP)],
      { placed: true },
    ),
    variant<K, PlanarWindow>('pixel', planFor, (context, plan) => [call(context, plan, kindOf(context), 1)], {
      placed: true,
    }),
  ];
  const planar: Dispatched<K> = {
    kind: 'dispatch',
    variants,
    inputs: [POOLED],
    outputs: POOLED,
  };
  return withLazyVariant(planar, {
    name: ['planes', 'volume'],
    needs: (node, inputs) => isVolume(node, inputs) || !isFloat(inputs[0]?.dtype ?? 'float32'),
    calls: lazy(() => import('./planes.ts'), 'poolCallsBy'),
  });
}
