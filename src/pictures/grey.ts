/** Pictures for inputs of one channel: all three colours become their luma, and are written in one place. */
import { GREY_OF_BYTES, GREY_OF_FLOATS } from '../../shaders/lib/grey.ts';
import type { PictureKernel } from './resampling.ts';

/** A kernel of colours, made one of grey; `bytes` where it sums to whole bytes. */
export function greyKernel({ shader, tables }: PictureKernel, bytes: boolean): PictureKernel {
  return {
    shader: (spec) => shader({ ...spec, change: bytes ? GREY_OF_BYTES : GREY_OF_FLOATS }),
    tables: (size, { mean: [mean], std: [std], ...spec }) => {
      const alike = { mean: [mean, mean, mean], std: [std, std, std] } as const;
      const colours = tables(size, { ...spec, ...alike, channelOrder: 'rgb', layout: 'nchw' });
      return { ...colours, params: { ...colours.params, green_offset: 0, blue_offset: 0 } };
    },
  };
}
