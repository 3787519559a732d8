/** Models that look at a region of a picture which another model found: landmarks of a face, a hand, a person. */
import { InputError } from '../core/errors.ts';
import { shapeText, type Tensor } from '../core/tensor.ts';
import type { PictureSource } from '../pictures/source.ts';
import { range } from '../util/arrays.ts';
import { own } from '../util/own.ts';
import {
  projectPoint,
  regionMap,
  type PicturePoint,
  type PictureRegion,
  type RegionMap,
} from '../vision/region-spec.ts';
import { headOf, resultNames } from './headed-task.ts';
import type { PictureModel } from './picture-model.ts';
import type { PictureRunOptions } from './picture-task.ts';

/** What such a model gave. */
export interface RegionAnswer {
  /** The results of its head, by what they are. */
  readonly results: Readonly<Record<string, Tensor>>;
  /** From the input's pixels to the picture's. */
  readonly map: RegionMap;
}

/** A loaded model and its head. Made by `createHeadedTask`. */
export class RegionModel implements Disposable {
  readonly #model: PictureModel;

  /** Throws InputError for a model without its head. */
  constructor(model: PictureModel) {
    headOf(model);
    this.#model = model;
  }

  /** Runs on one region. Rejects as `Session.run` does, and with InputError for a region that is none. */
  async run(
    picture: PictureSource,
    region: PictureRegion,
    { signal, frameBudgetMs }: PictureRunOptions = {},
  ): Promise<RegionAnswer> {
    const { session, input, preprocessing } = this.#model;
    const map = regionMap(region, preprocessing);
    const settings = {
      fetches: resultNames(this.#model),
      ...(signal && { signal }),
      ...(frameBudgetMs && { frameBudgetMs }),
    };
    const outputs = await session.run({ [input.name]: { picture, preprocessing, region } }, settings);
    const results = Object.entries(headOf(this.#model).results).map(([what, name]) => [what, resultOf(outputs, name)]);
    return { results: Object.fromEntries(results) as RegionAnswer['results'], map };
  }

  /** Frees what the session holds. */
  dispose(): void {
    this.#model.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Rows `[N, 2]` of x and y, or `[N, 3]` and more, whose third number is a depth, as places in the picture. Undefined where one is
 * not finite: a network that gave it found nothing. Throws InputError for what has no such rows.
 */
export function placesIn({ shape, data }: Tensor, map: RegionMap): PicturePoint[] | undefined {
  const [count = 0, columns = 0, ...more] = shape;
  if (columns < 2 || more.length > 0) throw new InputError(`landmarks are rows of x and y, not ${shapeText(shape)}`);
  if (!data.every(Number.isFinite)) return undefined;
  return range(count).map((i) => {
    const [x = NaN, y = NaN, z] = data.subarray(i * columns, i * columns + Math.min(columns, 3));
    return projectPoint({ x, y, ...(z === undefined ? {} : { z }) }, map);
  });
}

function resultOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = own(outputs, name);
  if (found) return found;
  throw new InputError(`"${name}" is no output of the model`);
}
