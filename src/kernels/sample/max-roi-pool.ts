/** MaxRoiPool → one dispatch: lanes are channels. */
import { maxRoiPoolShader } from '../../../shaders/sample/max-roi-pool.ts';
import { variant, type KernelDefinition } from '../definition.ts';
import { ROI_TRAITS, roiCalls, roiMaps, roiVectors } from '../lib/rois.ts';

export const maxRoiPool: KernelDefinition<'MaxRoiPool'> = {
  kind: 'dispatch',
  ...ROI_TRAITS,
  variants: [
    variant(
      'pool',
      () => true,
      (context) => {
        const { channels, storage } = roiMaps(context);
        const { width, blocks, lanes } = roiVectors(channels);
        return roiCalls(context, lanes, {
          shader: maxRoiPoolShader({ width, lanes, ...storage }),
          params: { blocks, scale: context.node.attributes.spatialScale },
        });
      },
    ),
  ],
};
