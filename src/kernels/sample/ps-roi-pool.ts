/** PsRoiPool → one dispatch: lanes are channels. */
import { psRoiPoolShader } from '../../../shaders/sample/ps-roi-pool.ts';
import { at } from '../../util/arrays.ts';
import { result, variant, type KernelDefinition } from '../definition.ts';
import { ROI_TRAITS, roiCalls, roiLanes, roiMaps } from '../lib/rois.ts';

export const psRoiPool: KernelDefinition<'PsRoiPool'> = {
  kind: 'dispatch',
  ...ROI_TRAITS,
  variants: [
    variant(
      'pool',
      () => true,
      (context) => {
        const { spatialScale: scale, ends } = context.node.attributes;
        const { channels, storage } = roiMaps(context);
        const out_c = at(result(context).shape, 3);
        const lanes = roiLanes(out_c);
        return roiCalls(context, lanes, {
          shader: psRoiPoolShader({ scaled: ends === 'scaled', lanes, ...storage }),
          params: { out_c, channels, scale },
        });
      },
    ),
  ],
};
