/** Lowering of the global pools, which share one shader. */
import { GLOBAL_POOL_BLOCKS, globalPoolShader } from '../../shaders/global-pool.ts';
import { at, ceilDiv, product } from '../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type LowerContext,
  type Variant,
} from './definition.ts';

type GlobalPoolOp = 'GlobalAveragePool' | 'GlobalMaxPool';

function call<K extends GlobalPoolOp>(
  context: LowerContext<K>,
  kind: 'max' | 'average',
  width: 1 | 4,
): Omit<KernelCall, 'variant'> {
  const { node, device } = context;
  const { shape } = required(context, 0);
  const images = at(shape, 0);
  const blocks = at(shape, shape.length - 1) / width;
  const blockGroups = ceilDiv(blocks, GLOBAL_POOL_BLOCKS);
  return {
    shader: globalPoolShader({ kind, width }),
    operands: [value(node.inputs[0]), value(node.outputs[0])],
    params: {
      images,
      pixels: product(shape.slice(1, -1)),
      blocks,
      block_groups: blockGroups,
      start: kind === 'max' ? -Infinity : 0,
    },
    workgroups: dispatch1d(images * blockGroups, 1, device),
  };
}

/** The variants of a global pool: four channels at a time where they divide so, and one at a time. */
export function globalPoolVariants<K extends GlobalPoolOp>(kind: 'max' | 'average'): readonly Variant<K>[] {
  return [
    variant<K, true>(
      'vec4',
      (context) => (at(required(context, 0).shape, required(context, 0).shape.length - 1) % 4 === 0 ? true : undefined),
      (context) => [call(context, kind, 4)],
    ),
    variant<K, true>(
      'scalar',
      () => true,
      (context) => [call(context, kind, 1)],
    ),
  ];
}
