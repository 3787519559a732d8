/** What few pictures need: the kernels of regions, of integers and of grey, and refusals. */
import { preprocessShader } from '../../shaders/pictures/preprocess.ts';
import { InputError } from '../core/errors.ts';
import { roundsAsPillow } from '../vision/axis-weights.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { greyKernel } from './grey.ts';
import { INTEGERS } from './integers.ts';
import { regionKernel } from './region.ts';
import { resampling, type PictureKernel } from './resampling.ts';

/** That of a region, of integers, or of grey. Throws InputError as `regionKernel`. */
export function furtherKernel(spec: Preprocessing, region: PictureRegion | undefined): PictureKernel {
  const integers = spec.dtype !== 'float32';
  const colours = region ? regionKernel(region, spec) : integers ? INTEGERS : FLOATS;
  return spec.channelOrder === 'grey' ? greyKernel(colours, integers || roundsAsPillow(spec.resize)) : colours;
}

const FLOATS: PictureKernel = { shader: preprocessShader, tables: resampling };

/** Throws InputError for a picture that is longer than textures may be. */
export function refuseSize({ width, height }: PictureSize, limit: number): never {
  throw new InputError(`a picture of ${width}x${height} pixels is larger than this GPU's textures, ${limit}x${limit}`, {
    hint: 'Scale it down first, as with the options resizeWidth and resizeHeight of createImageBitmap',
  });
}

/** Throws InputError for a texture that a shader cannot read, or that is no single picture. */
export function checkTexture({ usage, dimension, depthOrArrayLayers, sampleCount }: GPUTexture): void {
  if ((usage & GPUTextureUsage.TEXTURE_BINDING) === 0) {
    throw new InputError('the texture cannot be read by a shader: its usage lacks TEXTURE_BINDING');
  }
  if (dimension === '2d' && depthOrArrayLayers === 1 && sampleCount === 1) return;
  throw new InputError('the texture is no single picture: it must have two dimensions, one layer and one sample');
}
