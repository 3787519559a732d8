/** What the pictures of one input take on the GPU besides their pixels' way into it. */
import { packParams } from '../../shaders/lib/module.ts';
import { PREPROCESS_PARAMS } from '../../shaders/pictures/preprocess.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import type { PictureKernel } from './resampling.ts';

/** What the kernel reads besides the picture, for one size of picture. */
export interface Tables {
  readonly key: string;
  readonly first: GPUBuffer;
  readonly weights: GPUBuffer;
  readonly params: GPUBuffer;
}

/**
 * The tables and the texture of the last size of picture: a stream has one. Each input has its own, as the pictures of one
 * run are all there before any of it is submitted.
 */
export class PictureSlot {
  readonly #device: GPUDevice;
  #tables: Tables | undefined;
  #texture: GPUTexture | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A texture of these extents to copy pixels into. */
  texture({ width, height }: PictureSize): GPUTexture {
    if (this.#texture?.width === width && this.#texture.height === height) return this.#texture;
    this.#texture?.destroy();
    // Copies from a page's pictures are drawn, which is why the texture must be one that can be drawn on.
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    this.#texture = this.#device.createTexture({
      label: 'picture',
      size: [width, height],
      format: 'rgba8unorm',
      usage,
    });
    return this.#texture;
  }

  /** The tables for a picture of this size. Throws InputError for a specification that makes no sense. */
  tables(size: PictureSize, spec: Preprocessing, make: PictureKernel['tables']): Tables {
    const key = JSON.stringify([size, spec]);
    if (this.#tables?.key === key) return this.#tables;
    const { first, weights, params } = make(size, spec);
    for (const buffer of buffersOf(this.#tables)) buffer.destroy();
    const { STORAGE, UNIFORM } = GPUBufferUsage;
    this.#tables = {
      key,
      first: this.#upload(first, STORAGE),
      weights: this.#upload(weights, STORAGE),
      params: this.#upload(packParams(PREPROCESS_PARAMS, params), UNIFORM),
    };
    return this.#tables;
  }

  /** Frees the GPU memory. */
  dispose(): void {
    this.#texture?.destroy();
    for (const buffer of buffersOf(this.#tables)) buffer.destroy();
  }

  #upload(data: Int32Array | Float32Array | Uint8Array, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = data.byteLength;
    const buffer = this.#device.createBuffer({ label: 'preprocess', size, usage: usage | GPUBufferUsage.COPY_DST });
    this.#device.queue.writeBuffer(buffer, 0, data.slice().buffer);
    return buffer;
  }
}

function buffersOf(tables: Tables | undefined): GPUBuffer[] {
  return tables ? [tables.first, tables.weights, tables.params] : [];
}
