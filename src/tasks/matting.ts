/** Pictures to mattes: a loaded network that tells a foreground from its background. */
import type { PictureFile } from '../pictures/picture-file.ts';
import { pictureSize, type PictureSource } from '../pictures/source.ts';
import { at } from '../util/arrays.ts';
import { matteOf, type Matte } from '../vision/mattes.ts';
import { headOf, createHeadedTask, resultNames, type HeadedTaskOptions } from './headed-task.ts';
import { maskFeed } from './mask-feed.ts';
import type { PictureModel, TaskSource } from './picture-model.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';
import type { FollowStep } from './watch-task.ts';

/** Options of `Matting.matte`. */
export interface MatteOptions extends PictureRunOptions {
  /** The matte of the frame before, which networks for video are shown beside the picture; without it they see none. */
  readonly previous?: Matte;
}

const MATTING: PictureTaskDefinition<MatteOptions, Matte> = {
  call: 'matte',
  options: { ...PICTURE_RUN_OPTIONS, previous: 'object' },
  bind: resultNames,
  feeds: (model, { previous }) => maskFeed(model, previous),
  decode: (outputs, picture, { preprocessing }) => matteOf(at(outputs, 0), picture, preprocessing),
};

/**
 * Loads a network that gives mattes: a name of the catalogue (`selfie-segmentation`, which is taken where none is given), or any
 * model that takes a picture and gives a map of it: see the option `decode`. A fourth channel of the input is the mask of the frame before.
 * Rejects as `Session.create` does, and with InputError, which says what would be read, when the outputs are of another kind.
 */
export async function createMatting(source?: TaskSource, options?: HeadedTaskOptions): Promise<Matting> {
  return createHeadedTask(Matting, 'matting', source, options, () =>
    import('../heads/mattes.ts').then(({ MATTE_HEADS }) => MATTE_HEADS),
  );
}

/** A loaded network for mattes. Made by `createMatting`. */
export class Matting extends PictureTask<MatteOptions, Matte> {
  readonly #takesMask: boolean;

  /** Throws InputError for a model without its head. */
  constructor(model: PictureModel) {
    super(MATTING, model);
    this.#takesMask = 'mask' in headOf(model).feeds;
  }

  /**
   * How much of each pixel of a picture is foreground, or of each of several, in their own pixels. Rejects as `Session.run` does,
   * and with InputError for a picture that cannot be read, options out of range, and a network that gives no numbers from 0 to 1.
   */
  matte(picture: PictureSource | PictureFile, options?: MatteOptions): Promise<Matte>;
  matte(pictures: readonly (PictureSource | PictureFile)[], options?: MatteOptions): Promise<Matte[]>;
  async matte(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: MatteOptions = {},
  ): Promise<Matte | Matte[]> {
    return this.runAll(pictures, options);
  }

  /** @internal A network for video is shown its last matte, unless the frame has other extents: then it is of something else. */
  protected override async follower(): Promise<FollowStep<MatteOptions, Matte>> {
    if (!this.#takesMask) return super.follower();
    return (picture, options, previous) => {
      const { width, height } = pictureSize(picture);
      const isLike = previous?.width === width && previous.height === height;
      return this.run(picture, { ...options, ...(isLike ? { previous } : {}) });
    };
  }
}
