/** CropAndResize → one dispatch: lanes are channels. */
import { cropAndResizeShader } from '../../../shaders/sample/crop-and-resize.ts';
import { cropRatio } from '../../ir/shapes/crop.ts';
import { variant, type KernelDefinition } from '../definition.ts';
import { ROI_TRAITS, roiCalls, roiMaps, roiVectors } from '../lib/rois.ts';

export const cropAndResize: KernelDefinition<'CropAndResize'> = {
  kind: 'dispatch',
  ...ROI_TRAITS,
  variants: [
    variant(
      'crop',
      () => true,
      (context) => {
        const { mode, extrapolation } = context.node.attributes;
        const { extents, channels, storage } = roiMaps(context);
        const { width, blocks, lanes } = roiVectors(channels);
        const [ratio_h, ratio_w] = [cropRatio(extents.in_h, extents.out_h), cropRatio(extents.in_w, extents.out_w)];
        return roiCalls(context, lanes, {
          shader: cropAndResizeShader({ nearest: mode === 'nearest', lanes, width, ...storage }),
          params: { blocks, ratio_h, ratio_w, extrapolation },
        });
      },
    ),
  ],
};
