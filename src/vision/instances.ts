/** From what heads of instance segmentation give to things with their masks in the picture. */
import { InputError } from '../core/errors.ts';
import { tensor, tensorOf, type Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import type { ScoredBox } from './decode/boxes.ts';
import { placedBoxes, type Detection, type DetectionOptions } from './decode/detections.ts';
import { pasteMasks, type PastedMask } from './decode/masks.ts';
import { mapWithin } from './mattes.ts';
import { pictureMap, type PictureSize, type Preprocessing } from './picture-spec.ts';

/** One thing that was found, and which pixels of the picture belong to it. */
export type Instance = Detection & { readonly mask: PastedMask };

/** What masks of boxes are, `[K, h, w]` or `[K, 1, h, w]`, probabilities: either of the whole input, or of the boxes alone. */
export interface InstanceMasks {
  readonly masks?: Tensor | undefined;
  readonly boxMasks?: Tensor | undefined;
}

/** A pixel belongs to a thing above this. */
const HALF = 0.5;

/**
 * Things of boxes in pixels of the input that `spec` makes, best first, in the picture. A mask of the whole input is interpolated
 * bilinearly to the picture's pixels and cut at its box, as the authors of YOLO v8 evaluate it on COCO; a mask of a box as `pasteMasks`
 * says. Throws InputError for masks that have NaN in a box that is given, and as `toDetections` does.
 */
export function toInstances(
  boxes: readonly ScoredBox[],
  { masks, boxMasks }: InstanceMasks,
  picture: PictureSize,
  spec: Preprocessing,
  choice: Pick<DetectionOptions, 'max' | 'allow' | 'deny'> & { readonly labels?: readonly string[] | undefined },
): Instance[] {
  const rows = boxes.map((box, row) => ({ ...box, row }));
  return placedBoxes(rows, picture, spec, choice).map(({ box, detection }) => {
    if (masks) return { ...detection, mask: maskWithin(rowOf(masks, box.row), detection, picture, spec) };
    if (boxMasks) return { ...detection, mask: maskOfBox(rowOf(boxMasks, box.row), box, picture, spec) };
    throw new InputError('there are boxes without masks');
  });
}

/** One mask, `[h, w]`. */
function rowOf({ data, shape }: Tensor, row: number): Tensor {
  const [height = 0, width = 0] = shape.slice(-2);
  const extent = height * width;
  return tensor('float32', [height, width], (data as Float32Array).subarray(row * extent, (row + 1) * extent));
}

function maskWithin(map: Tensor, box: Detection, picture: PictureSize, spec: Preprocessing): PastedMask {
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const across = pixelsOf(box.x, box.width, -offsetX / scaleX, (spec.width - offsetX) / scaleX);
  const down = pixelsOf(box.y, box.height, -offsetY / scaleY, (spec.height - offsetY) / scaleY);
  const window = { x: across.start, y: down.start, width: across.length, height: down.length };
  const values = mapWithin(map, window, picture, spec);
  requireNumbers(values);
  return { ...window, data: Uint8Array.from(values, (value) => (value > HALF ? 1 : 0)) };
}

/** Pixels whose numbers lie between the sides of a box, as far as the input shows the picture. */
function pixelsOf(start: number, extent: number, first: number, last: number) {
  const from = Math.ceil(Math.max(start, first));
  return { start: from, length: Math.max(0, Math.ceil(Math.min(start + extent, last)) - from) };
}

function maskOfBox(mask: Tensor, { x1, y1, x2, y2 }: ScoredBox, picture: PictureSize, spec: Preprocessing): PastedMask {
  requireNumbers(mask.data);
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const corners = [(x1 - offsetX) / scaleX, (y1 - offsetY) / scaleY, (x2 - offsetX) / scaleX, (y2 - offsetY) / scaleY];
  const one = tensor('float32', [1, ...mask.shape], mask.data);
  return at(pasteMasks(one, tensorOf('float32', [1, 4], corners), picture, HALF), 0);
}

function requireNumbers(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) throw new InputError('the network gives masks that are no numbers: NaN');
  }
}
