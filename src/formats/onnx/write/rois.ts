/** How operators on regions of maps are written. */
import type { NodeOf } from '../../../ir/ops.ts';
import { DATA_TYPE } from './model.ts';
import { writeSpatial } from './images.ts';
import type { OnnxWriter } from './writer.ts';

/** RoiAlign; ONNX has indices of int64. */
export function writeRoiAlign(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'RoiAlign'>): void {
  const [x = '', rois = '', batch = ''] = inputs;
  const indices = w.dtype(batch) === 'int64' ? batch : w.emit('Cast', [batch], { to: { i: DATA_TYPE.int64 } });
  const own = {
    mode: { s: attributes.mode },
    output_height: { i: attributes.outputHeight },
    output_width: { i: attributes.outputWidth },
    sampling_ratio: { i: attributes.samplingRatio },
    spatial_scale: { f: attributes.spatialScale },
    coordinate_transformation_mode: { s: attributes.coordinateMode },
  };
  writeSpatial(w, 'RoiAlign', [x, rois, indices], own, outputs[0]);
}

/** MaxRoiPool. */
export function writeMaxRoiPool(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'MaxRoiPool'>): void {
  const { outputHeight, outputWidth, spatialScale } = attributes;
  const own = { pooled_shape: { ints: [outputHeight, outputWidth] }, spatial_scale: { f: spatialScale } };
  writeSpatial(w, 'MaxRoiPool', inputs, own, outputs[0]);
}
