/** What networks for video are shown beside a picture. */
import { InputError } from '../core/errors.ts';
import { zeros, type Tensor } from '../core/tensor.ts';
import { maskInput, type Matte } from '../vision/mattes.ts';
import { headOf } from './headed-task.ts';
import type { PictureModel } from './picture-model.ts';

/** The mask of the frame before, for a network that is shown one: at first nothing is foreground. Throws InputError for others. */
export function maskFeed(model: PictureModel, previous?: Matte): Readonly<Record<string, Tensor>> {
  const { mask } = headOf(model).feeds;
  const { preprocessing } = model;
  if (mask !== undefined) {
    return { [mask]: previous ? maskInput(previous, preprocessing) : noMask(model, mask) };
  }
  if (!previous) return {};
  throw new InputError('the network is shown no matte of the frame before', {
    hint: 'Leave out previous, or take one whose input has four channels: portrait-video-int8',
  });
}

function noMask({ session }: PictureModel, mask: string): Tensor {
  const shape = session.inputs.find(({ name }) => name === mask)?.shape.map(Number) ?? [];
  return zeros('float32', shape);
}
