/** How the channels of a convolution divide into groups. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';

/** Extents of a convolution beyond its window. */
export interface Channels {
  readonly group: number;
  /** Input channels of all groups, and of one. */
  readonly inC: number;
  readonly inCPerGroup: number;
  readonly outC: number;
}

/** Throws ShapeError where they do not. */
export function groupedChannels(x: Shape, w: Shape, group: number): Channels {
  const inC = at(x, x.length - 1);
  const inCPerGroup = at(w, w.length - 2);
  const outC = at(w, w.length - 1);
  if (!Number.isInteger(group) || group < 1 || outC % group !== 0) {
    throw new ShapeError(`${outC} output channels do not divide into ${group} groups`);
  }
  if (inCPerGroup * group !== inC) {
    throw new ShapeError(
      `the weights ${shapeText(w)} take ${inCPerGroup * group} input channels in ${group} groups, the input ${shapeText(x)} has ${inC}`,
    );
  }
  return { group, inC, inCPerGroup, outC };
}
