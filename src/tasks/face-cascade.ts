/**
 * MTCNN (Zhang et al., arXiv:1604.02878): one network finds what may be faces in a pyramid of pictures, a second leaves out most of
 * them, a third says which are, and where their eyes, nose and mouth lie.
 */
import { InputError } from '../core/errors.ts';
import { tensorOf, type Tensor } from '../core/tensor.ts';
import { MTCNN_HEADS } from '../heads/mtcnn.ts';
import type { PictureSource } from '../pictures/source.ts';
import { at, range } from '../util/arrays.ts';
import type { Box, ScoredBox } from '../vision/decode/boxes.ts';
import {
  bestApart,
  cellCandidates,
  isSeen,
  pyramidLevels,
  regressed,
  squared,
  type FaceCandidate,
} from '../vision/decode/cascade.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import { BoxesModel } from './boxes-model.ts';
import { headOf, resultNames } from './headed-task.ts';
import { ModelPart, type PartSource } from './model-part.ts';
import type { PictureModel, TaskOptions } from './picture-model.ts';
import type { PictureRunOptions } from './picture-task.ts';

/** Models of the second and the third network. */
export interface CascadeSources {
  /** The second network of MTCNN, R-Net; the catalogue's `mtcnn-second` unless given. */
  readonly rnet?: PartSource;
  /** The third network of MTCNN, O-Net; the catalogue's `mtcnn-third` unless given. */
  readonly onet?: PartSource;
}

/** What is looked for. */
export interface CascadeOptions extends PictureRunOptions {
  /** Lowest score of the third network. */
  readonly threshold?: number;
  /** Faces that share more of the smaller one's box are one. */
  readonly iou?: number;
  /** The smallest face, in pixels. */
  readonly minSize?: number;
}

/** Faces, and five points of each, in pixels of the picture. */
export interface CascadeFaces {
  readonly boxes: readonly ScoredBox[];
  /** `[K, 5, 2]`. */
  readonly points: Tensor;
}

/** What goes on behind a first network that was given as a file. */
const USUAL = { rnet: 'mtcnn-second', onet: 'mtcnn-third' } as const;

/** Lowest scores of the first network and the second: the authors'. */
const LEAST = { first: 0.6, second: 0.7 } as const;

/** How much boxes may share in each other: within a level of the pyramid, of all levels, and behind the second network. */
const APART = { level: 0.5, levels: 0.7, second: 0.7 } as const;

/** Points of a face. */
const POINTS = 5;

/** The three networks; the second and the third are loaded when the first found something. */
export class FaceCascade implements Disposable {
  readonly #first: PictureModel;
  readonly #rnet: ModelPart<BoxesModel>;
  readonly #onet: ModelPart<BoxesModel>;

  /** `options` are those of the first model, which holds P-Net. */
  constructor(
    first: PictureModel,
    sources: { readonly [K in keyof CascadeSources]: PartSource | undefined },
    options: TaskOptions,
  ) {
    const part = (name: 'rnet' | 'onet'): ModelPart<BoxesModel> => {
      const source = sources[name] ?? first.entry?.parts?.[name] ?? USUAL[name];
      const heads = () => Promise.resolve(MTCNN_HEADS[name]);
      return new ModelPart({ name, task: 'face-refinement', heads, model: BoxesModel }, first, source, options);
    };
    this.#first = first;
    this.#rnet = part('rnet');
    this.#onet = part('onet');
  }

  /**
   * The faces in a picture of this size, best first. Rejects as `Session.run` and `ModelPart.load` do, and with InputError for options
   * out of range.
   */
  async find(
    picture: PictureSource,
    size: PictureSize,
    { threshold = 0.7, iou = 0.7, minSize = 20, ...run }: CascadeOptions,
  ): Promise<CascadeFaces> {
    checkLimits({ threshold, iou, minSize });
    const shown = { picture, size };
    const proposed = await this.#proposals(shown, minSize, run);
    const second = await this.#judged(this.#rnet, shown, proposed, run);
    const likely = second.filter(({ score }) => score > LEAST.second);
    const third = await this.#judged(this.#onet, shown, bestApart(likely, APART.second), run);
    const faces = third.filter(({ score }) => score >= threshold).map(regressed);
    return listed(bestApart(faces.filter(isSeen), iou, 'smaller'));
  }

  /** What the first network takes for faces, in all levels of the pyramid. */
  async #proposals({ picture, size }: Shown, minSize: number, run: PictureRunOptions): Promise<FaceCandidate[]> {
    const { session, input, preprocessing } = this.#first;
    const { results } = headOf(this.#first);
    const found: FaceCandidate[] = [];
    for (const level of pyramidLevels(size, minSize)) {
      const fed = { [input.name]: { picture, preprocessing: { ...preprocessing, ...level } } };
      const outputs = await session.run(fed, { ...run, fetches: resultNames(this.#first) });
      const { scores, offsets } = {
        scores: outputs[results['scores'] ?? ''],
        offsets: outputs[results['offsets'] ?? ''],
      };
      if (!scores || !offsets) continue;
      found.push(...bestApart(cellCandidates({ scores, offsets }, level, size, LEAST.first), APART.level));
    }
    return bestApart(found, APART.levels);
  }

  /** What a later network says of boxes, which are moved to where the one before saw a face first. */
  async #judged(
    part: ModelPart<BoxesModel>,
    { picture, size }: Shown,
    boxes: readonly FaceCandidate[],
    run: PictureRunOptions,
  ): Promise<Face[]> {
    const squares = boxes.map((box) => squared(regressed(box))).filter(isSeen);
    if (squares.length === 0) return [];
    const answers = await (await part.load()).run(picture, size, squares, run);
    return squares.map((box, i) => {
      const { scores = [], offsets = [], points = [] } = answers[i] ?? {};
      return { ...box, score: scores[1] ?? NaN, offsets: Array.from(offsets), points: pointsIn(box, points) };
    });
  }

  dispose(): void {
    this.#rnet.dispose();
    this.#onet.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A picture and its extents. */
interface Shown {
  readonly picture: PictureSource;
  readonly size: PictureSize;
}

/** What was judged, and the points in it: x and y of each. */
interface Face extends FaceCandidate {
  readonly points: readonly number[];
}

/** Points of a box, from x of all and then y of all in its extents. */
function pointsIn({ x1, y1, x2, y2 }: Box, places: ArrayLike<number>): number[] {
  return range(places.length / 2).flatMap((i) => [
    x1 + at(places, i) * (x2 - x1),
    y1 + at(places, places.length / 2 + i) * (y2 - y1),
  ]);
}

function listed(faces: readonly Face[]): CascadeFaces {
  return {
    boxes: faces.map(({ x1, y1, x2, y2, score }) => ({ x1, y1, x2, y2, score, index: 0 })),
    points: tensorOf(
      'float32',
      [faces.length, POINTS, 2],
      faces.flatMap(({ points }) => points),
    ),
  };
}

/** Throws InputError for a share that is not between 0 and 1, and for faces without a size. */
function checkLimits({
  threshold,
  iou,
  minSize,
}: Required<Pick<CascadeOptions, 'threshold' | 'iou' | 'minSize'>>): void {
  if (!(threshold >= 0 && threshold <= 1))
    throw new InputError(`the lowest score is between 0 and 1, not ${threshold}`);
  if (!(iou >= 0 && iou <= 1)) throw new InputError(`the overlap of boxes to suppress is between 0 and 1, not ${iou}`);
  if (!(minSize >= 1 && Number.isFinite(minSize)))
    throw new InputError(`the smallest face is a number of pixels from 1, not ${minSize}`);
}
