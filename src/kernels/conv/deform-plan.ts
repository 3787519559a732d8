/** A deformable convolution as its kernels see it. */
import { floatStorage, type FloatStorage } from '../../core/storage.ts';
import { at } from '../../util/arrays.ts';
import { required, result, value, type CallOperand, type LowerContext } from '../definition.ts';
import { epilogueOf, type Epilogue } from '../lib/epilogue.ts';

/** Lowering of a deformable convolution. */
export type DeformContext = LowerContext<'DeformConv'>;

/** A deformable convolution as its variants see it. */
export interface DeformPlan {
  readonly pixels: number;
  readonly taps: number;
  readonly inC: number;
  readonly outC: number;
  /** Channels of an offset group. */
  readonly each: number;
  readonly epilogue: Epilogue;
  readonly types: {
    readonly xType: FloatStorage;
    readonly maskType: FloatStorage | undefined;
  };
  /** Values for `DEFORM_PARAMS` and `X_PARAMS`. */
  readonly params: Readonly<Record<string, number>>;
}

/** The plan of a node. */
export function deformPlan(context: DeformContext): DeformPlan {
  const { strides, dilations, pads, offsetGroup, activation } = context.node.attributes;
  const [x, w, mask] = [required(context, 0), required(context, 1), context.inputs[4]];
  const [inH, inW, inC] = [at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const [batch, outH, outW, outC] = [0, 1, 2, 3].map((i) => at(result(context).shape, i)) as [
    number,
    number,
    number,
    number,
  ];
  const [kernelH, kernelW] = [at(w.shape, 0), at(w.shape, 1)];
  return {
    pixels: batch * outH * outW,
    taps: kernelH * kernelW,
    inC,
    outC,
    each: inC / offsetGroup,
    epilogue: epilogueOf(context, activation, { bias: 3 }),
    types: { xType: floatStorage(x), maskType: mask && floatStorage(mask) },
    params: {
      in_h: inH,
      in_w: inW,
      out_h: outH,
      out_w: outW,
      kernel_h: kernelH,
      kernel_w: kernelW,
      stride_h: at(strides, 0),
      stride_w: at(strides, 1),
      dilation_h: at(dilations, 0),
      dilation_w: at(dilations, 1),
      pad_top: at(pads, 0),
      pad_left: at(pads, 1),
      offset_groups: offsetGroup,
      x_offset: x.placement.offset,
      x_pitch: x.placement.pitch,
    },
  };
}

/** Offsets, and masks where there are any. */
export function movedBy({ node }: DeformContext): CallOperand[] {
  const [, , offset, , mask] = node.inputs;
  return [value(offset), ...(mask ? [value(mask)] : [])];
}
