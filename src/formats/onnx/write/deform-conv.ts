/** How deformable convolutions are written. */
import type { NodeOf } from '../../../ir/ops.ts';
import { toFirst, weightsToFirst } from '../../lib/channels-first.ts';
import { withActivation } from './elementwise.ts';
import { windowAttributes, writeSpatial } from './images.ts';
import type { OnnxWriter } from './writer.ts';

/** DeformConv: weights, offsets and masks channels-first too, the activation behind. */
export function writeDeformConv(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'DeformConv'>): void {
  const [x = '', weights = '', offset = '', bias = '', mask = ''] = inputs;
  const { group, offsetGroup, activation, ...window } = attributes;
  const own = {
    ...windowAttributes({ ...window, padMode: 'explicit' }, w.shape(weights)?.slice(0, -2)),
    group: { i: group },
    offset_group: { i: offsetGroup },
  };
  const image = (name: string): string => (name === '' ? '' : w.transpose(name, toFirst(4)));
  const operands = [x, w.transpose(weights, weightsToFirst(4)), image(offset), bias, image(mask)];
  withActivation(w, activation, outputs[0] ?? '', (name) => writeSpatial(w, 'DeformConv', operands, own, name));
}
