/** Lowering of the global pools: as a tree in workgroup memory, or without it, alone or by subgroups. */
import { floatStorage } from '../../core/storage.ts';
import { GLOBAL_POOL_BLOCKS, globalPoolShader, type GlobalPoolSpec } from '../../../shaders/pool/global-pool.ts';
import { globalPoolLanesShader } from '../../../shaders/pool/global-pool-lanes.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { isVectorised } from '../../core/placement.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type Dispatched,
  type KernelCall,
  type LowerContext,
  type Variant,
} from '../definition.ts';

type GlobalPoolOp = 'GlobalAveragePool' | 'GlobalMaxPool';
type Kind = GlobalPoolSpec['kind'];
type Call = Omit<KernelCall, 'variant'>;

/** A global pool as its variants see it. */
interface GlobalPool {
  readonly spec: GlobalPoolSpec;
  readonly images: number;
  readonly blocks: number;
  /** Values for `GLOBAL_POOL_PARAMS`. */
  readonly params: Readonly<Record<string, number>>;
}

/** Pixels from which on they are added by parts: that many equal ones are off by 5e-5, and a million by 1e-3. */
const LONG_SUM = 8192;

function poolOf<K extends GlobalPoolOp>(context: LowerContext<K>, kind: Kind): GlobalPool {
  const [x, y] = [required(context, 0), result(context)];
  const { shape, placement } = x;
  const to = y.placement;
  const width = isVectorised(placement, shape) && isVectorised(to, y.shape) ? 4 : 1;
  const blocks = at(shape, shape.length - 1) / width;
  const pixels = product(shape.slice(1, -1));
  const long = kind === 'average' && pixels > LONG_SUM;
  return {
    spec: { kind, width, xType: floatStorage(x), yType: floatStorage(y), long },
    images: at(shape, 0),
    blocks,
    params: {
      pixels,
      blocks,
      start: kind === 'max' ? -Infinity : 0,
      x_offset: placement.offset,
      x_pitch: placement.pitch,
      y_offset: to.offset,
      y_pitch: to.pitch,
    },
  };
}

function operands<K extends GlobalPoolOp>({ node }: LowerContext<K>): Call['operands'] {
  return [value(node.inputs[0]), value(node.outputs[0])];
}

/** The size of all subgroups, where the device has them. */
function subgroupSize({ features, subgroupSize: size, limits }: DeviceProfile): number | undefined {
  const usable = features.includes('subgroups') && size !== undefined && size <= limits.maxComputeWorkgroupSizeX;
  return usable ? size : undefined;
}

/** Invocations of a workgroup where each works alone. */
const ALONE = 8;

function lanesCall<K extends GlobalPoolOp>(context: LowerContext<K>, pool: GlobalPool, size?: number): Call {
  const count = pool.images * pool.blocks;
  const subgroup = size !== undefined;
  const workgroup = size ?? ALONE;
  return {
    shader: globalPoolLanesShader({ ...pool.spec, workgroup, subgroup }),
    operands: operands(context),
    params: { count, ...pool.params },
    workgroups: dispatch1d(count, subgroup ? 1 : workgroup, context.device),
  };
}

function treeCall<K extends GlobalPoolOp>(
  context: LowerContext<K>,
  { spec, images, blocks, params }: GlobalPool,
): Call {
  const blockGroups = ceilDiv(blocks, GLOBAL_POOL_BLOCKS);
  return {
    shader: globalPoolShader(spec),
    operands: operands(context),
    params: { images, block_groups: blockGroups, ...params },
    workgroups: dispatch1d(images * blockGroups, 1, context.device),
  };
}

/** How a global pool reaches the GPU. The tree takes every shape. */
export function globalPool<K extends GlobalPoolOp>(kind: Kind): Dispatched<K> {
  const variants: readonly Variant<K>[] = [
    variant<K, number>(
      'subgroup',
      ({ device }) => subgroupSize(device),
      (context, size) => [lanesCall(context, poolOf(context, kind), size)],
      { placed: true },
    ),
    variant<K, true>(
      'registers',
      () => true,
      (context) => [lanesCall(context, poolOf(context, kind))],
      { placed: true },
    ),
    variant<K, true>(
      'tree',
      () => true,
      (context) => [treeCall(context, poolOf(context, kind))],
      { placed: true },
    ),
  ];
  return {
    kind: 'dispatch',
    variants,
    preferred: (context) => preferred(poolOf(context, kind), context.device),
    inputs: [{ storage: ['f16'], lies: 'rows' }],
    outputs: { storage: ['f16'], lies: 'rows' },
  };
}

/**
 * Workgroups of invocations that work alone which keep a software adapter busy; with fewer, subgroups share pixels out.
 * 14×14×480, 15 workgroups: 0.075 ms alone, 0.091 by subgroups on lavapipe, 0.36 and 0.38 on SwiftShader; 28×28×72, 3
 * workgroups: the same on lavapipe, 0.230 and 0.223 on SwiftShader. The tree takes two to forty times as long.
 */
const LEAST_WORKGROUPS = 8;

function preferred({ images, blocks }: GlobalPool, device: DeviceProfile): readonly string[] {
  if (device.adapterClass !== 'software') return ['tree'];
  return images * blocks >= LEAST_WORKGROUPS * ALONE ? ['registers', 'subgroup'] : ['subgroup', 'registers'];
}
