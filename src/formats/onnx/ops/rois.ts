/** Operators on regions of maps: channels-first in ONNX. */
import { aroundChannelsLast } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';

/** RoiAlign; before opset 16 coordinates are those of pixels' corners. */
export function roiAlign(n: OnnxNode): string {
  const coordinates = ['half_pixel', 'output_half_pixel'] as const;
  const attributes = {
    mode: n.attr.choice('mode', 'avg', ['avg', 'max']),
    outputHeight: n.attr.int('output_height', 1),
    outputWidth: n.attr.int('output_width', 1),
    samplingRatio: n.attr.int('sampling_ratio', 0),
    spatialScale: n.attr.float('spatial_scale', 1),
    coordinateMode:
      n.opset < 16
        ? ('output_half_pixel' as const)
        : n.attr.choice('coordinate_transformation_mode', 'half_pixel', coordinates),
  };
  return aroundChannelsLast(n, n.input(0), 4, (x) => n.main('RoiAlign', [x, n.input(1), n.input(2)], attributes));
}

/** MaxRoiPool: each box begins with the index of its image. */
export function maxRoiPool(n: OnnxNode): string {
  const [outputHeight = 0, outputWidth = 0] = n.attr.ints('pooled_shape') ?? n.refuse('no pooled_shape');
  const attributes = { outputHeight, outputWidth, spatialScale: n.attr.float('spatial_scale', 1) };
  return aroundChannelsLast(n, n.input(0), 4, (x) => n.main('MaxRoiPool', [x, n.input(1)], attributes));
}

/** CropAndResize of onnxruntime: x, boxes, the image of each, and how high and wide crops are, which the file says. */
export function cropAndResize(n: OnnxNode): string {
  const size = n.constantInput(3)?.data ?? n.unknown(3, 'value');
  const [outputHeight = 0, outputWidth = 0] = size;
  if (size.length !== 2 || outputHeight < 1 || outputWidth < 1) n.fail(`crop_size = [${Array.from(size).join(', ')}]`);
  const attributes = {
    mode:
      n.attr.choice('mode', 'bilinear', ['bilinear', 'nearest']) === 'bilinear'
        ? ('linear' as const)
        : ('nearest' as const),
    outputHeight,
    outputWidth,
    extrapolation: n.attr.float('extrapolation_value', 0),
  };
  return aroundChannelsLast(n, n.input(0), 4, (x) => n.main('CropAndResize', [x, n.input(1), n.input(2)], attributes));
}
