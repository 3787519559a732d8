/** Models that look at boxes of a picture, many in one run: the second and the third network of MTCNN. */
import { tensorOf, type Tensor } from '../core/tensor.ts';
import type { PictureSource } from '../pictures/source.ts';
import { range } from '../util/arrays.ts';
import type { Box } from '../vision/decode/boxes.ts';
import { LARGEST_LEVEL } from '../vision/decode/cascade.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import { headOf, resultNames } from './headed-task.ts';
import type { PictureModel } from './picture-model.ts';
import type { PictureRunOptions } from './picture-task.ts';

/** How many boxes a run looks at: the least that is enough, of boxes that are missing the last stands for all, and of more there are runs. */
const BATCHES = [8, 64] as const;

/** What such a model gave of one box: the results of its head, by what they are. */
export type BoxAnswer = Readonly<Record<string, ArrayLike<number>>>;

/** A loaded model and its head, which has the feed `boxes`. Made by `createHeadedTask`. */
export class BoxesModel implements Disposable {
  readonly #model: PictureModel;

  /** Throws InputError for a model without its head. */
  constructor(model: PictureModel) {
    headOf(model);
    this.#model = model;
  }

  /** What it gives of each box, which are in pixels of the picture and may reach beyond it. Rejects as `Session.run` does. */
  async run(
    picture: PictureSource,
    size: PictureSize,
    boxes: readonly Box[],
    options: PictureRunOptions = {},
  ): Promise<BoxAnswer[]> {
    const answers: BoxAnswer[] = [];
    while (answers.length < boxes.length) {
      const left = boxes.slice(answers.length);
      const batch = BATCHES.find((count) => count >= left.length) ?? BATCHES[1];
      answers.push(...(await this.#batch(picture, size, left.slice(0, batch), batch, options)));
    }
    return answers;
  }

  async #batch(
    picture: PictureSource,
    size: PictureSize,
    boxes: readonly Box[],
    rows: number,
    { signal, frameBudgetMs }: PictureRunOptions,
  ): Promise<BoxAnswer[]> {
    const { session, input } = this.#model;
    const { feeds, results } = headOf(this.#model);
    // Of a very large picture less is seen, as by the first network.
    const scale = Math.min(1, LARGEST_LEVEL / Math.max(size.width, size.height));
    const [width, height] = [size.width, size.height].map((extent) => Math.max(1, Math.round(extent * scale)));
    const preprocessing = { ...this.#model.preprocessing, width, height } as Preprocessing;
    const [across, down] = [preprocessing.width / size.width, preprocessing.height / size.height];
    const sides = range(rows).flatMap((i) => {
      const { x1 = 0, y1 = 0, x2 = 0, y2 = 0 } = boxes[i] ?? boxes.at(-1) ?? {};
      return [x1 * across, y1 * down, x2 * across, y2 * down];
    });
    const fed = {
      [input.name]: { picture, preprocessing },
      [feeds['boxes'] ?? '']: tensorOf('float32', [rows, 4], sides),
    };
    const settings = {
      fetches: resultNames(this.#model),
      ...(signal && { signal }),
      ...(frameBudgetMs && { frameBudgetMs }),
    };
    const outputs = await session.run(fed, settings);
    return boxes.map((_, i) =>
      Object.fromEntries(Object.entries(results).map(([what, name]) => [what, rowOf(outputs[name], i)])),
    );
  }

  /** Frees what the session holds. */
  dispose(): void {
    this.#model.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function rowOf(table: Tensor | undefined, row: number): ArrayLike<number> {
  const columns = table?.shape[1] ?? 0;
  return table?.data.subarray(row * columns, (row + 1) * columns) ?? [];
}
