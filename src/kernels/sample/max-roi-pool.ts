/** MaxRoiPool → one dispatch: lanes are channels. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import { maxRoiPoolShader } from '../../../shaders/sample/max-roi-pool.ts';
import { at } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, variant, type KernelDefinition } from '../definition.ts';
import { roiLanes } from '../lib/rois.ts';

export const maxRoiPool: KernelDefinition<'MaxRoiPool'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'pool',
      () => true,
      (context) => {
        const { outputHeight: out_h, outputWidth: out_w, spatialScale: scale } = context.node.attributes;
        const [x, y] = [required(context, 0), result(context)];
        const [images, in_h, in_w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
        const width: 1 | 4 = channels % 4 === 0 ? 4 : 1;
        const blocks = channels / width;
        const lanes = roiLanes(blocks);
        const count = at(y.shape, 0) * out_h * out_w;
        if (count * blocks === 0) return [];
        const [map, rois] = context.node.inputs;
        return [
          {
            shader: maxRoiPoolShader({ width, lanes, xStorage: x.storage, yStorage: y.storage }),
            operands: [value(map), value(rois), value(context.node.outputs[0])],
            params: { count, images, in_h, in_w, out_h, out_w, blocks, scale },
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
