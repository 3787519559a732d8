/** What the translation of one layer may ask: its parameters, its bottoms as values, its blobs as constants. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { GraphBuilder } from '../../ir/builder.ts';
import type { Dialect } from '../lib/emitter.ts';
import type { Extents } from '../lib/extents.ts';
import { LayerEmitter, type KnownExtents } from '../lib/layer-emitter.ts';
import type { Translation } from '../lib/translate.ts';
import { LAYER_FIELDS, LAYER_PARAMETERS } from './schema.ts';
import type { TextMessage } from './text-message.ts';
import type { NetWeights } from './weights.ts';
import type { WiredLayer } from './wiring.ts';

/** A row of the table of layers. */
export type CaffeTranslation = Translation<CaffeContext>;

/** What all layers of one import share. */
export interface CaffeNet {
  readonly builder: GraphBuilder;
  readonly weights: NetWeights;
  readonly known: KnownExtents;
}

/** What an emitter says and makes up. */
export const DIALECT: Dialect = { format: 'caffe', names: 'onnx' };

/** One layer under translation. */
export class CaffeContext extends LayerEmitter {
  readonly #wired: WiredLayer;
  readonly #weights: NetWeights;
  /** How many of the layer's blobs were asked for. */
  #asked = 0;

  constructor({ builder, weights, known }: CaffeNet, wired: WiredLayer) {
    super(builder, wired, DIALECT, known);
    this.#wired = wired;
    this.#weights = weights;
  }

  /** A message of parameters. Fields in it that the translation does not read are refused. */
  param(name: string): TextMessage {
    return this.#wired.layer.message.message(name);
  }

  /** The values of all bottoms. Throws ImportError where there are fewer than `least` or more than `most`. */
  bottoms(least: number, most = Infinity): readonly string[] {
    const { inputs } = this.#wired;
    if (inputs.length >= least && inputs.length <= most) return inputs;
    const wanted = least === most ? least : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    return this.fail(`reads ${inputs.length} blobs instead of ${wanted}`);
  }

  /** The value of the layer's only bottom. */
  bottom(): string {
    return this.bottoms(1, 1)[0] ?? '';
  }

  /** How many tops the layer has. */
  get topCount(): number {
    return this.#wired.outputs.length;
  }

  /** An axis that may be counted from the end, of a value of `rank` dimensions. */
  axis(axis: number, rank: number): number {
    return axis >= -rank && axis < rank ? normalizeAxis(axis, rank) : this.fail(`axis ${axis} is none of ${rank}`);
  }

  /** The elements of a blob: see `NetWeights.blob`. Throws ImportError where a layer before has the name and so the blobs. */
  blobTensor(index: number, shape: Extents): Tensor {
    this.#asked = Math.max(this.#asked, index + 1);
    const { layer, isNamesake } = this.#wired;
    if (isNamesake)
      this.fail(`needs weights, but a layer before it is called "${layer.name}" as well, and they are its`);
    return this.#weights.blob(layer, index, shape);
  }

  /** A blob as a constant. */
  blob(index: number, shape: Extents): string {
    return this.constant(this.blobTensor(index, shape), 'blob');
  }

  override finish(results: readonly string[]): void {
    const { outputs, layer, isNamesake } = this.#wired;
    if (results.length !== outputs.length) this.fail(`has ${outputs.length} tops instead of ${results.length}`);
    if (!isNamesake) this.#weights.checkUse(layer, this.#asked);
    super.finish(results);
  }

  override nameOf(index: number): string | undefined {
    return this.#wired.outputs[index];
  }

  override leftovers(): readonly string[] {
    const { message } = this.#wired.layer;
    message.ignore(...LAYER_FIELDS, ...LAYER_PARAMETERS);
    return message.unread();
  }
}
