/** PsRoiPool → one dispatch: lanes are channels. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import { psRoiPoolShader } from '../../../shaders/sample/ps-roi-pool.ts';
import { at } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, variant, type KernelDefinition } from '../definition.ts';
import { roiLanes } from '../lib/rois.ts';

export const psRoiPool: KernelDefinition<'PsRoiPool'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'pool',
      () => true,
      (context) => {
        const { outputHeight: out_h, outputWidth: out_w, spatialScale: scale, ends } = context.node.attributes;
        const [x, y] = [required(context, 0), result(context)];
        const [images, in_h, in_w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
        const [boxes, out_c] = [at(y.shape, 0), at(y.shape, 3)];
        const lanes = roiLanes(out_c);
        const count = boxes * out_h * out_w;
        if (count * out_c === 0) return [];
        const [map, rois] = context.node.inputs;
        return [
          {
            shader: psRoiPoolShader({ scaled: ends === 'scaled', lanes, xStorage: x.storage, yStorage: y.storage }),
            operands: [value(map), value(rois), value(context.node.outputs[0])],
            params: { count, images, in_h, in_w, out_h, out_w, out_c, channels, scale },
            workgroups: dispatch1d(count * lanes, ROI_WORKGROUP, context.device),
          },
        ];
      },
    ),
  ],
  inputs: [{ storage: ['f16'] }, {}],
  outputs: { storage: ['f16'] },
  chooses: () => [1],
  ranks: [4],
};
