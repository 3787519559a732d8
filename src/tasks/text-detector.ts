/** Pictures to the places of text in them: a loaded network that maps how likely each pixel shows text. */
import { checkOptions } from '../core/options.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import { isPicture, pictureSize, type PictureSource } from '../pictures/source.ts';
import { textRegions, type TextOptions, type TextRegion } from '../vision/decode/text-regions.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import type { Scaling } from '../vision/scaling.ts';
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

/** Options of `TextDetector.detect`. */
export interface DetectTextOptions extends TextOptions, PictureRunOptions {
  /** The longer side of a larger picture, in pixels, as the network is shown it; 960 unless given. */
  readonly side?: number;
}

const OPTIONS: OptionRules<DetectTextOptions> = {
  ...PICTURE_RUN_OPTIONS,
  threshold: 'number',
  pixelThreshold: 'number',
  unclip: 'positive',
  max: 'count',
  side: 'count',
};

const USUAL_SIDE = 960;

/** What such networks are trained with divides their inputs by this, whatever the graph asks for. */
const LEAST_STEP = 32;

/**
 * Loads a detector of text: a name of the catalogue (`pp-ocrv5-det`, which is taken where none is given), or any model that takes a
 * picture and gives a map of the probability that each of its pixels shows text, as those of PaddleOCR do (differentiable
 * binarization). Pictures are scaled to multiples of 32 pixels, by default normalised with the statistics of ImageNet. Each size is
 * compiled anew. Rejects as `Session.create` does, and with InputError for a network that gives no such map.
 */
export async function createTextDetector(source?: TaskSource, options?: TaskOptions): Promise<TextDetector> {
  const chosen = await checkTaskOptions('text-detection', options, TASK_OPTIONS);
  const { model, network } = await loadMeasuredModel(source, chosen, {
    task: 'text-detection',
    made: 'map',
    decode: 'db',
    usual: {},
    extents: () => ({ width: USUAL_SIDE, height: USUAL_SIDE }),
    always: { fit: 'stretch' },
  });
  return new TextDetector(model, network);
}

/** A loaded detector of text. Made by `createTextDetector`. */
export class TextDetector extends PictureTask<DetectTextOptions, TextRegion[]> {
  readonly #scaling: Scaling;
  readonly #output: string;
  readonly #input: string;

  /** @internal */
  constructor(model: PictureModel, { scaling, output }: MeasuredNetwork) {
    super({ call: 'detect', options: OPTIONS, bind: () => [output], decode: () => [] }, model);
    this.#scaling = scaling;
    this.#output = output;
    this.#input = model.input.name;
  }

  /**
   * The text in a picture, from the top, or in each of several, in their own pixels. Rejects as `Session.run` does, and with
   * InputError for a picture that cannot be read, options out of range, and a network that gives other numbers than probabilities.
   */
  detect(picture: PictureSource | PictureFile, options?: DetectTextOptions): Promise<TextRegion[]>;
  detect(pictures: readonly (PictureSource | PictureFile)[], options?: DetectTextOptions): Promise<TextRegion[][]>;
  async detect(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: DetectTextOptions = {},
  ): Promise<TextRegion[] | TextRegion[][]> {
    return this.runAll(pictures, options);
  }

  protected override async run(
    picture: PictureSource | PictureFile,
    options: DetectTextOptions,
  ): Promise<TextRegion[]> {
    const { side, signal, frameBudgetMs, ...text } = await checkOptions('detect', options, OPTIONS);
    if (!isPicture(picture)) return this.session.withPicture(picture, signal, (decoded) => this.run(decoded, options));
    const size = pictureSize(picture);
    const preprocessing = { ...this.preprocessing, ...shownExtents(size, this.#scaling, side) };
    const feeds = { [this.#input]: { picture, preprocessing } };
    const settings = {
      fetches: [this.#output],
      ...(signal ? { signal } : {}),
      ...(frameBudgetMs ? { frameBudgetMs } : {}),
    };
    const { [this.#output]: map } = await this.session.run(feeds, settings);
    if (!map) return [];
    const [height = 0, width = 0] = this.#scaling.layout === 'nchw' ? map.shape.slice(2) : map.shape.slice(1);
    return textRegions({ width, height, data: map.data }, size, text);
  }
}

/** The extents of the input for a picture: as large as it is or as `side`, to the nearest multiple. */
function shownExtents({ width, height }: PictureSize, { fixed, step }: Scaling, side = USUAL_SIDE): PictureSize {
  if (fixed) return fixed;
  const scale = Math.min(1, side / Math.max(width, height));
  const multiple = Math.max(step, LEAST_STEP);
  const nearest = (extent: number): number => Math.max(1, Math.round((extent * scale) / multiple)) * multiple;
  return { width: nearest(width), height: nearest(height) };
}
