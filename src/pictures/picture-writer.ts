/** Fills a network's input from a picture on the GPU: pixels never pass through host memory where they are not there already. */
import { packParams, type PictureBinding } from '../../shaders/lib/module.ts';
import {
  PREPROCESS_PARAMS,
  PREPROCESS_WORKGROUP,
  preprocessShader,
  type PreprocessSpec,
} from '../../shaders/preprocess.ts';
import { wgslScalar } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import type { TensorDesc } from '../core/tensor.ts';
import type { InputWriter, Region } from '../runtime/webgpu/input-writer.ts';
import { unlessLost } from '../runtime/webgpu/lost.ts';
import { compilePipeline, type Compiled } from '../runtime/webgpu/pipelines.ts';
import type { PictureSize, Preprocessing } from '../vision/preprocess.ts';
import { resampling } from './resampling.ts';
import { isPixels, isTexture, isVideo, pictureSize, unreadable, type PictureSource } from './source.ts';

/** What the kernel reads besides the picture, for one size of picture. */
interface Tables {
  readonly key: string;
  readonly first: GPUBuffer;
  readonly weights: GPUBuffer;
  readonly params: GPUBuffer;
}

/** A picture that a copy to a texture can come from. */
type Copied = Exclude<PictureSource, GPUTexture | HTMLVideoElement | VideoFrame | HTMLImageElement>;

/** Prepares pictures on one device. Keeps the tables and the texture of the last size of picture: a stream has one. */
export class PictureWriter {
  readonly #device: GPUDevice;
  #tables: Tables | undefined;
  #texture: GPUTexture | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * What fills an input with the picture when the turn of its run comes. Rejects with InputError for a picture that is not
   * ready, larger than the device's textures, or not readable, and for an integer input whose preprocessing gives floats.
   */
  async prepare(picture: PictureSource, spec: Preprocessing, input: TensorDesc): Promise<InputWriter> {
    const size = pictureSize(picture);
    this.#checkSize(size);
    const element = wgslScalar(input.dtype);
    if (element !== 'f32' && spec.dtype === 'float32') {
      throw new InputError(`the input holds ${input.dtype}: preprocessing must have the dtype int32 or uint8`);
    }
    const conversion = spec.dtype === 'float32' ? 'none' : spec.dtype === 'int32' ? 'round' : 'byte';
    const pillow = spec.resize.method === 'bilinear' && spec.resize.antialias === true;
    const kernel = (binding: PictureBinding): Promise<Compiled> =>
      this.#compile({ picture: binding, element, conversion, pillow });
    if (isVideo(picture)) {
      const compiled = await kernel('texture_external');
      return (target, encoder) => {
        const frame = this.#import(picture);
        this.#encode(encoder, { compiled, picture: frame, tables: this.#tablesFor(size, spec), target }, spec);
      };
    }
    const drawable = 'naturalWidth' in picture ? await createImageBitmap(picture).catch(rejectUnreadable) : picture;
    const compiled = await kernel('texture_2d<f32>');
    return (target, encoder) => {
      const texture = isTexture(drawable) ? drawable : this.#copy(drawable, size);
      const tables = this.#tablesFor(size, spec);
      this.#encode(encoder, { compiled, picture: texture.createView(), tables, target }, spec);
    };
  }

  /** Frees the GPU memory. */
  dispose(): void {
    this.#texture?.destroy();
    for (const buffer of buffersOf(this.#tables)) buffer.destroy();
  }

  #checkSize({ width, height }: PictureSize): void {
    const { maxTextureDimension2D: limit } = this.#device.limits;
    if (width <= limit && height <= limit) return;
    throw new InputError(
      `a picture of ${width}x${height} pixels is larger than this GPU's textures, ${limit}x${limit}`,
      {
        hint: 'Scale it down first, as with the options resizeWidth and resizeHeight of createImageBitmap',
      },
    );
  }

  #compile(spec: PreprocessSpec): Promise<Compiled> {
    const { wgsl, bindings, picture } = preprocessShader(spec);
    const source = { wgsl, bindings, picture, hasParams: true, label: 'preprocess' };
    return unlessLost(this.#device, compilePipeline(this.#device, source));
  }

  #import(source: HTMLVideoElement | VideoFrame): GPUExternalTexture {
    try {
      return this.#device.importExternalTexture({ source });
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  #copy(picture: Copied, { width, height }: PictureSize): GPUTexture {
    const texture = this.#textureOf(width, height);
    const size = [width, height] as const;
    if (isPixels(picture)) {
      const { buffer, byteOffset, byteLength } = picture.data;
      const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      this.#device.queue.writeTexture({ texture }, bytes, { bytesPerRow: width * 4 }, size);
      return texture;
    }
    try {
      this.#device.queue.copyExternalImageToTexture({ source: picture }, { texture }, size);
    } catch (cause) {
      throw unreadable(cause);
    }
    return texture;
  }

  #textureOf(width: number, height: number): GPUTexture {
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

  #tablesFor(size: PictureSize, spec: Preprocessing): Tables {
    const key = JSON.stringify([size, spec]);
    if (this.#tables?.key === key) return this.#tables;
    for (const buffer of buffersOf(this.#tables)) buffer.destroy();
    const { first, weights, params } = resampling(size, spec);
    const { STORAGE, UNIFORM } = GPUBufferUsage;
    this.#tables = {
      key,
      first: this.#upload(first, STORAGE),
      weights: this.#upload(weights, STORAGE),
      params: this.#upload(packParams(PREPROCESS_PARAMS, params), UNIFORM),
    };
    return this.#tables;
  }

  #upload(data: Int32Array | Float32Array | Uint8Array, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = data.byteLength;
    const buffer = this.#device.createBuffer({ label: 'preprocess', size, usage: usage | GPUBufferUsage.COPY_DST });
    this.#device.queue.writeBuffer(buffer, 0, data.slice().buffer);
    return buffer;
  }

  #encode(
    encoder: GPUCommandEncoder,
    bound: {
      readonly compiled: Compiled;
      readonly picture: GPUTextureView | GPUExternalTexture;
      readonly tables: Tables;
      readonly target: Region;
    },
    { width, height }: Preprocessing,
  ): void {
    const { compiled, picture, tables, target } = bound;
    const { first, weights, params } = tables;
    const resources = [{ buffer: first }, { buffer: weights }, target, { buffer: params }, picture];
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const bindGroup = this.#device.createBindGroup({ label: 'preprocess', layout: compiled.layout, entries });
    const groups = Math.ceil((width * height) / PREPROCESS_WORKGROUP);
    const rows = Math.ceil(groups / this.#device.limits.maxComputeWorkgroupsPerDimension);
    const pass = encoder.beginComputePass({ label: 'preprocess' });
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(groups / rows), rows);
    pass.end();
  }
}

function buffersOf(tables: Tables | undefined): GPUBuffer[] {
  return tables ? [tables.first, tables.weights, tables.params] : [];
}

function rejectUnreadable(cause: unknown): never {
  throw unreadable(cause);
}
