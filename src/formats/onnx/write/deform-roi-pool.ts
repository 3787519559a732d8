/** How deformable and position-sensitive poolings of boxes are written: ONNX has RoiAlign, each bin being a box of its own. */
import { tensorOf } from '../../../core/tensor.ts';
import type { NodeOf } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { toFirst } from '../../lib/channels-first.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

type Attributes = NodeOf<'DeformRoiPool'>['attributes'];

/** DeformRoiPool. Refuses samples and parts that ONNX does not have. */
export function writeDeformRoiPool(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'DeformRoiPool'>): void {
  if (attributes.samples !== 'aligned') w.refuse('samples of boxes of whole pixels');
  const { outputHeight, outputWidth, groupHeight, groupWidth } = attributes;
  const [x = '', rois = '', offsets = ''] = inputs;
  const image = w.emit('Cast', [columns(w, rois, 0, 1)], { to: { i: DATA_TYPE.int64 } });
  // [R, bins]: a number of each bin, of every box.
  const ofBins = (numbers: readonly number[], perBox: string): string =>
    w.emit('Add', [perBox, w.constant(tensorOf('int64', [1, numbers.length], numbers))]);
  const bins = range(outputHeight * outputWidth);
  const own = {
    output_height: { i: 1 },
    output_width: { i: 1 },
    sampling_ratio: { i: attributes.samplingRatio },
    spatial_scale: { f: attributes.spatialScale },
    coordinate_transformation_mode: { s: 'half_pixel' },
  };
  const images = w.reshape(
    ofBins(
      bins.map(() => 0),
      image,
    ),
    [-1],
  );
  const pooled = w.emit('RoiAlign', [w.transpose(x, toFirst(4)), binBoxes(w, rois, offsets, attributes), images], own);
  const groups = groupHeight * groupWidth;
  const groupOf = (bin: number): number =>
    Math.floor((Math.floor(bin / outputWidth) * groupHeight) / outputHeight) * groupWidth +
    Math.floor(((bin % outputWidth) * groupWidth) / outputWidth);
  const named = w.reshape(ofBins(bins.map(groupOf), w.emit('Mul', [image, w.ints([0])])), [-1, 1, 1]);
  const isOwn = w.emit('Equal', [named, w.ints(range(groups))]);
  const kept = w.emit('Where', [isOwn, w.reshape(pooled, [0, -1, groups]), w.scalar('float32', 0)]);
  const flat = w.emit('ReduceSum', [kept, w.ints([2])], { keepdims: { i: 0 } });
  const parted = w.reshape(w.transpose(flat, [1, 0]), [0, -1, outputHeight, outputWidth]);
  w.transpose(parted, [1, 2, 3, 0], outputs[0]);
}

/** Corners of every bin, `[R · bins, 4]`. */
function binBoxes(
  w: OnnxWriter,
  rois: string,
  offsets: string,
  { outputHeight, outputWidth, gamma }: Attributes,
): string {
  const [first, last] = [columns(w, rois, 1, 3), columns(w, rois, 3, 5)].map((v) => w.reshape(v, [-1, 1, 1, 2])) as [
    string,
    string,
  ];
  const size = w.emit('Sub', [last, first]);
  const shift = offsets === '' ? '' : w.emit('Mul', [size, w.emit('Mul', [ofParts(), w.scalar('float32', gamma)])]);
  const corners = [0, 1].map((end) => {
    const shares = range(outputHeight * outputWidth).flatMap((bin) => [
      ((bin % outputWidth) + end) / outputWidth,
      (Math.floor(bin / outputWidth) + end) / outputHeight,
    ]);
    const share = w.constant(tensorOf('float32', [1, outputHeight, outputWidth, 2], shares));
    const corner = w.emit('Add', [first, w.emit('Mul', [size, share])]);
    return shift === '' ? corner : w.emit('Add', [corner, shift]);
  });
  return w.reshape(w.emit('Concat', corners, { axis: { i: -1 } }), [-1, 4]);

  function ofParts(): string {
    // Of a shape that is not known others do not get far: there are more or fewer boxes of them than images.
    const [, down = outputHeight, across = outputWidth, fields = 2] = w.shape(offsets) ?? [];
    const fits = down === outputHeight && across === outputWidth && fields === 2;
    return fits ? offsets : w.refuse('offsets other than one a bin');
  }
}

function columns(w: OnnxWriter, rois: string, from: number, to: number): string {
  return w.emit('Slice', [rois, w.ints([from]), w.ints([to]), w.ints([1])]);
}
