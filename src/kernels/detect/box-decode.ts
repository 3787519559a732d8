/** BoxDecode → one dispatch: a box an invocation, or a side of one where it is a distribution. */
import { boxDecodeShader } from '../../../shaders/detect/box-decode.ts';
import { boxDistributionShader } from '../../../shaders/detect/box-distribution.ts';
import { BOX_WORKGROUP, type AnchorSpec } from '../../../shaders/lib/boxes.ts';
import { broadcastStrides } from '../../core/broadcast.ts';
import { collapse, stridedDims } from '../../core/strided.ts';
import { hasCells } from '../../ir/shapes/box.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { listParams } from '../lib/strided.ts';

/** Fours of scores that a side's distribution may hold in registers. */
const MOST_HELD = 8;

type Context = LowerContext<'BoxDecode'>;
type Call = Omit<KernelCall, 'variant'>;

interface BoxPlan {
  readonly anchor: AnchorSpec;
  readonly rows: number;
  readonly params: Readonly<Record<string, number>>;
}

/** How anchors are found, and the parameters of all codings. */
function planBoxes(context: Context): BoxPlan {
  const { attributes } = context.node;
  const rows = result(context).shape.slice(0, -1);
  const own = required(context, 1).shape.slice(0, -1);
  const dims = collapse(stridedDims(rows, stridesOf(rows), rows.length > 0 ? broadcastStrides(own, rows) : []));
  const dense = dims.length === 1 && at(at(dims, 0).strides, 1) === 1;
  const rank = dense || product(rows) === 1 ? 0 : dims.length;
  const [f0 = 1, f1 = 1, f2 = 1, f3 = 1] = attributes.factors;
  const [low_x = 0, low_y = 0, high_x = 0, high_y = 0] = attributes.clip;
  return {
    anchor: { form: attributes.anchorForm, cells: hasCells(attributes), rank },
    rows: product(rows),
    params: {
      ...(rank > 0
        ? listParams(
            'd',
            dims.map(({ extent }) => extent),
          )
        : {}),
      ...(rank > 0
        ? listParams(
            'a_s',
            dims.map(({ strides }) => at(strides, 1)),
          )
        : {}),
      ...(hasCells(attributes) ? {} : { anchor_extent: attributes.anchorExtent }),
      factor0: f0,
      factor1: f1,
      factor2: f2,
      factor3: f3,
      box_extent: attributes.boxExtent,
      ...(attributes.clip.length > 0 ? { low_x, low_y, high_x, high_y } : {}),
    },
  };
}

function boxCalls(context: Context, { anchor, rows, params }: BoxPlan): readonly Call[] {
  const { node, device } = context;
  const { coding, bins, points, maxExponent, clip } = node.attributes;
  if (rows === 0) return [];
  const operands = [node.inputs[0], node.inputs[1], node.outputs[0]].map(value);
  const clips = clip.length > 0;
  if (coding === 'distribution') {
    const held = bins % 4 === 0 && bins / 4 <= MOST_HELD ? bins / 4 : 0;
    return [
      {
        shader: boxDistributionShader({ anchor, held, clips }),
        operands,
        params: { sides: 4 * rows, bins, ...params },
        workgroups: dispatch1d(4 * rows, BOX_WORKGROUP, device),
      },
    ];
  }
  const bounded = maxExponent !== Infinity && (coding === 'centerSize' || coding === 'sigmoidExp');
  const kind = points === 0 ? 'none' : points % 2 === 0 ? 'fours' : 'twos';
  const per = kind === 'fours' ? 2 : 1;
  return [
    {
      shader: boxDecodeShader({ coding, anchor, bounded, clips, points: kind }),
      operands,
      params: {
        rows,
        ...params,
        ...(bounded ? { max_exponent: maxExponent } : {}),
        ...(kind === 'none' ? {} : { row_length: (4 + 2 * points) / (kind === 'fours' ? 4 : 1), points: points / per }),
      },
      workgroups: dispatch1d(rows, BOX_WORKGROUP, device),
    },
  ];
}

export const boxDecode: KernelDefinition<'BoxDecode'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  chooses: () => [0, 1],
  variants: [variant('rows', planBoxes, boxCalls)],
};
