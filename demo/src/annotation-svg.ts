/** Annotations as the library draws them: loaded with the first that there are. */
import { displayList, toSvg, type PictureSize } from '../../src/index.ts';
import type { Box } from './worker/protocol.ts';

/** The boxes of a picture as SVG, for a picture that is shown `displayWidth` pixels wide: of a mesh its outlines, no box. */
export function annotationSvg(boxes: readonly Box[], picture: PictureSize, displayWidth: number): string {
  // Without classes things are told apart by their colours.
  const colourBy = boxes.some(({ index = 0, label }) => index > 0 || label !== boxes[0]?.label) ? 'class' : 'instance';
  const drawn = boxes.map(({ mesh, points, ...box }) => ({ ...box, points: mesh ?? points }));
  return toSvg(displayList(drawn, picture, { displayWidth, colourBy }));
}
