/** What few pictures need: the kernels of regions and of integers, and checks of textures. */
import { InputError } from '../core/errors.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { INTEGERS } from './integers.ts';
import { regionKernel } from './region.ts';
import type { PictureKernel } from './resampling.ts';

/** That of a region, or of integers. Throws InputError as `regionKernel`. */
export function furtherKernel(spec: Preprocessing, region: PictureRegion | undefined): PictureKernel {
  return region ? regionKernel(region, spec) : INTEGERS;
}

/** Throws InputError for a texture that a shader cannot read, or that is no single picture. */
export function checkTexture({ usage, dimension, depthOrArrayLayers, sampleCount }: GPUTexture): void {
  if ((usage & GPUTextureUsage.TEXTURE_BINDING) === 0) {
    throw new InputError('the texture cannot be read by a shader: its usage lacks TEXTURE_BINDING');
  }
  if (dimension === '2d' && depthOrArrayLayers === 1 && sampleCount === 1) return;
  throw new InputError('the texture is no single picture: it must have two dimensions, one layer and one sample');
}
