/** LpNormalization → one dispatch: a workgroup per row where GPUs have long ones, an invocation per row otherwise. */
import { LP_NORMALIZATION_WORKGROUP, lpNormalizationShader } from '../../../shaders/normalise/lp-normalization.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

/** Rows shorter than this do not keep a workgroup busy. */
const SHARED_FROM = LP_NORMALIZATION_WORKGROUP;

const rowLength = (context: LowerContext<'LpNormalization'>): number => {
  const { shape } = required(context, 0);
  return at(shape, shape.length - 1);
};

function calls(
  context: LowerContext<'LpNormalization'>,
  lanes: 1 | typeof LP_NORMALIZATION_WORKGROUP,
): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const { p, least, added } = node.attributes;
  const count = elementCount(required(context, 0).shape);
  if (count === 0) return [];
  const channels = rowLength(context);
  const width = channels % 4 === 0 ? 4 : 1;
  const rows = count / channels;
  const [x, scale = ''] = node.inputs;
  return [
    {
      shader: lpNormalizationShader({ squares: p === 2, scaled: scale !== '', width, lanes }),
      operands: [value(x), ...(scale === '' ? [] : [value(scale)]), value(node.outputs[0])],
      params: { rows, length: channels / width, least, added },
      workgroups: dispatch1d(rows, LP_NORMALIZATION_WORKGROUP / lanes, device),
    },
  ];
}

export const lpNormalization: KernelDefinition<'LpNormalization'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'shared',
      (context) => (rowLength(context) >= SHARED_FROM ? LP_NORMALIZATION_WORKGROUP : undefined),
      (context, lanes) => calls(context, lanes),
    ),
    variant(
      'alone',
      () => 1 as const,
      (context, lanes) => calls(context, lanes),
    ),
  ],
  // CPUs gain nothing from neighbours that read neighbouring elements, and pay for barriers.
  preferred: ({ device }) => (device.adapterClass === 'software' ? ['alone'] : ['shared']),
};
