/** From what heads of instance segmentation give to things with their masks in the picture. */
import type { Tensor } from '../core/tensor.ts';
import type { Detection, DetectionOptions } from './decode/detections.ts';
import type { PastedMask } from './decode/masks.ts';
import type { PictureSize, Preprocessing } from './picture-spec.ts';

/** One thing that was found, and which pixels of the picture belong to it. */
export type Instance = Detection & { readonly mask: PastedMask };

/** Things of a head's results, best first, in the picture that `spec` made an input of. */
export function toInstances(
  _results: Readonly<Record<string, Tensor>>,
  _picture: PictureSize,
  _spec: Preprocessing,
  _choice: Pick<DetectionOptions, 'max' | 'allow' | 'deny'> & { readonly labels?: readonly string[] | undefined },
): Instance[] {
  return [];
}
