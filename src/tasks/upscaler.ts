/** Pictures to larger ones: a loaded network that enlarges, its factor and the way it is shown parts of large pictures. */
import { InputError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import { isPicture, type PictureSource } from '../pictures/source.ts';
import { toPixels } from '../pictures/to-pixels.ts';
import type { Pixels } from '../vision/pixels.ts';
import { tilesAlong, USUAL_TILE, type Scaling } from '../vision/scaling.ts';
import { tileInput, UpscaledPicture } from '../vision/upscaled.ts';
import type { MeasuredNetwork } from './measure-scaling.ts';
import { loadMeasuredModel } from './measured-model.ts';
import {
  checkTaskOptions,
  TASK_OPTIONS,
  type PictureModel,
  type TaskOptions,
  type TaskSource,
} from './picture-model.ts';
import { PICTURE_RUN_OPTIONS, PictureTask, type PictureRunOptions } from './picture-task.ts';

/** Options of `Upscaler.upscale`. */
export interface UpscaleOptions extends PictureRunOptions {
  /**
   * Pixels a side of the parts that a large picture is shown in, without what is seen around each: 256 unless given. It has no
   * influence on the result where the network sees no further than 64 pixels. A network whose input is fixed has parts of its size.
   */
  readonly tile?: number;
}

const OPTIONS: OptionRules<UpscaleOptions> = { ...PICTURE_RUN_OPTIONS, tile: 'count' };

/** What such networks take where nobody says it: colours from 0 to 1. */
const USUAL = { mean: [0, 0, 0], std: [255, 255, 255] } as const;

/**
 * Loads a network that makes larger pictures, or as large ones: a name of the catalogue, or any model that takes a picture of any size,
 * or of one, and whose output is a picture whose extents are a whole multiple of its own, but for what is lost at the edges; both
 * are found by the shapes. Of one channel it enlarges the luma. Colours come as they go, by default from 0 to 1; see `preprocessing`.
 * Rejects as `Session.create` does, and with InputError for a network that takes or makes no picture.
 */
export async function createUpscaler(source?: TaskSource, options?: TaskOptions): Promise<Upscaler> {
  const chosen = await checkTaskOptions('upscaling', options, TASK_OPTIONS);
  const { model, network } = await loadMeasuredModel(source, chosen, {
    task: 'upscaling',
    made: 'picture',
    decode: 'picture',
    usual: USUAL,
    extents: usualExtents,
  });
  return new Upscaler(model, network);
}

/** Parts of the usual size. */
function usualExtents(scaling: Scaling): { width: number; height: number } {
  // Of a picture of many parts.
  const [{ seen } = { seen: USUAL_TILE }] = tilesAlong(100 * USUAL_TILE, scaling);
  return { width: seen, height: seen };
}

/** A loaded network that enlarges pictures. Made by `createUpscaler`. */
export class Upscaler extends PictureTask<UpscaleOptions, Pixels> {
  readonly #scaling: Scaling;
  readonly #output: string;
  readonly #input: string;

  /** @internal */
  constructor(model: PictureModel, { scaling, output }: MeasuredNetwork) {
    super({ call: 'upscale', options: OPTIONS, bind: () => [output], decode: noAnswer }, model);
    this.#scaling = scaling;
    this.#output = output;
    this.#input = model.input.name;
  }

  /** How many times wider and higher pictures become. */
  get factor(): number {
    return this.#scaling.factor;
  }

  /**
   * The picture, `factor` times as wide and high. Alpha is enlarged by cubic convolution, and so are the colours where the network
   * makes grey. Rejects as `Session.run` does, and with InputError for a picture that cannot be read, or whose result would be too
   * large, and options out of range.
   */
  upscale(picture: PictureSource | PictureFile, options?: UpscaleOptions): Promise<Pixels>;
  upscale(pictures: readonly (PictureSource | PictureFile)[], options?: UpscaleOptions): Promise<Pixels[]>;
  async upscale(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: UpscaleOptions = {},
  ): Promise<Pixels | Pixels[]> {
    return this.runAll(pictures, options);
  }

  protected override async run(picture: PictureSource | PictureFile, options: UpscaleOptions): Promise<Pixels> {
    const { tile, ...chosen } = await checkOptions('upscale', options, OPTIONS);
    if (!isPicture(picture))
      return this.session.withPicture(picture, chosen.signal, (decoded) => this.run(decoded, options));
    const pixels = toPixels(picture);
    const { fixed } = this.#scaling;
    const result = new UpscaledPicture(pixels, this.preprocessing, this.#scaling);
    const columns = tilesAlong(pixels.width, this.#scaling, { tile, fixed: fixed?.width });
    const rows = tilesAlong(pixels.height, this.#scaling, { tile, fixed: fixed?.height });
    for (const part of rows.flatMap((row) => columns.map((column) => ({ rows: row, columns: column })))) {
      const feeds = { [this.#input]: tileInput(pixels, part, this.preprocessing) };
      const outputs = await this.session.run(feeds, { ...chosen, fetches: [this.#output] });
      const made = outputs[this.#output];
      if (made) result.paste(made, part);
    }
    return result.pixels;
  }
}

function noAnswer(): never {
  throw new InputError('the parts of a picture are put together as they come');
}
