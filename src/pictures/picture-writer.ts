/** Fills a network's input from a picture on the GPU: pixels never pass through host memory where they are not there already. */
import type { PictureBinding, ShaderModule } from '../../shaders/lib/module.ts';
import { PREPROCESS_WORKGROUP, preprocessShader } from '../../shaders/pictures/preprocess.ts';
import { wgslScalar } from '../core/dtype.ts';
import { Lazy } from '../core/on-demand.ts';
import type { TensorDesc } from '../core/tensor.ts';
import type { InputWriter, Region } from '../runtime/webgpu/input-writer.ts';
import { unlessLost } from '../runtime/webgpu/lost.ts';
import { compilePipeline, type Compiled } from '../runtime/webgpu/pipelines.ts';
import { roundsAsPillow } from '../vision/axis-weights.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { PictureSlot, type Tables } from './picture-slot.ts';
import { resampling, type PictureKernel } from './resampling.ts';
import { isPixels, isTexture, isVideo, pictureSize, unreadable, type PictureSource } from './source.ts';

/** A picture that a copy to a texture can come from. */
type Copied = Exclude<PictureSource, GPUTexture | HTMLVideoElement | VideoFrame>;

const FLOATS: PictureKernel = { shader: preprocessShader, tables: resampling };

const further = new Lazy('what few pictures need', () => import('./further.ts'));

/** Prepares pictures on one device for the inputs of one model. */
export class PictureWriter {
  readonly #device: GPUDevice;
  readonly #slots = new Map<string, PictureSlot>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * What fills an input with the picture, or a region of it, when the turn of its run comes. Rejects with InputError for a
   * picture that is not ready, larger than the device's textures, or not readable, and for a region that is none.
   */
  async prepare(
    picture: PictureSource,
    spec: Preprocessing,
    input: TensorDesc & { readonly name: string; readonly region?: PictureRegion | undefined },
  ): Promise<InputWriter> {
    const size = pictureSize(picture);
    const { maxTextureDimension2D: limit } = this.#device.limits;
    if (Math.max(size.width, size.height) > limit) (await further.load()).refuseSize(size, limit);
    if (isTexture(picture)) (await further.load()).checkTexture(picture);
    const slot = this.#slotOf(input.name);
    const element = wgslScalar(input.dtype);
    const pillow = roundsAsPillow(spec.resize);
    const { region } = input;
    const usual = !region && spec.dtype === 'float32' && spec.channelOrder !== 'grey';
    const { shader, tables } = usual ? FLOATS : (await further.load()).furtherKernel(spec, region);
    const how = { ...spec, region };
    const kernel = (binding: PictureBinding): Promise<Compiled> =>
      this.#compile(shader({ picture: binding, element, pillow }));
    if (isVideo(picture)) {
      const compiled = await kernel('texture_external');
      return (target, encoder) => {
        const frame = this.#import(picture);
        this.#encode(encoder, { compiled, picture: frame, tables: slot.tables(size, how, tables), target }, spec);
      };
    }
    const compiled = await kernel('texture_2d<f32>');
    return (target, encoder) => {
      const texture = isTexture(picture) ? picture : this.#copy(picture, slot.texture(size));
      const bound = { compiled, picture: texture.createView(), tables: slot.tables(size, how, tables), target };
      this.#encode(encoder, bound, spec);
    };
  }

  /** Frees the GPU memory. */
  dispose(): void {
    for (const slot of this.#slots.values()) slot.dispose();
  }

  #slotOf(name: string): PictureSlot {
    let slot = this.#slots.get(name);
    if (!slot) this.#slots.set(name, (slot = new PictureSlot(this.#device)));
    return slot;
  }

  #compile({ wgsl, bindings, picture }: ShaderModule): Promise<Compiled> {
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

  #copy(picture: Copied, texture: GPUTexture): GPUTexture {
    const { width, height } = texture;
    const size = [width, height] as const;
    if (isPixels(picture)) {
      const { data } = picture;
      // Of shared memory a copy: Dawn in Node crashes on it.
      const bytes = data.buffer instanceof ArrayBuffer ? data : data.slice();
      this.#device.queue.writeTexture({ texture }, bytes as Uint8Array<ArrayBuffer>, { bytesPerRow: width * 4 }, size);
      return texture;
    }
    try {
      this.#device.queue.copyExternalImageToTexture({ source: picture }, { texture }, size);
    } catch (cause) {
      throw unreadable(cause);
    }
    return texture;
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
