/** Pictures to faces: boxes, key points, and on demand the mesh of each face and its irises. */
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { InputError } from '../core/errors.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import { pictureSize, type PictureSource } from '../pictures/source.ts';
import { toFaces, type Face, type PlacedFace } from '../vision/faces.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { faceMeshRegion } from '../vision/regions.ts';
import type { CascadeSources, FaceCascade } from './face-cascade.ts';
import { FaceParts, type FacePartSources } from './face-parts.ts';
import { createHeadedTask, HEADED_OPTIONS, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import type { PartSource } from './model-part.ts';
import { checkTaskOptions, type PictureModel, type TaskOptions, type TaskSource } from './picture-model.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
  type ShownPicture,
} from './picture-task.ts';
import { bestFirst, isOneThing } from './region-answers.ts';
import type { FollowStep } from './watch-task.ts';

/** Options of `createFaceDetector`. */
export interface FaceDetectorOptions extends HeadedTaskOptions, FacePartSources, CascadeSources {}

/** What they may be. */
export const FACE_DETECTOR_OPTIONS: OptionRules<FaceDetectorOptions> = {
  ...HEADED_OPTIONS,
  landmarks: 'any',
  iris: 'any',
  rnet: 'any',
  onet: 'any',
};

/** Options of `FaceDetector.detect`. */
export interface FaceOptions extends PictureRunOptions {
  /** Lowest score; 0.5 unless given, with MTCNN 0.7. */
  readonly threshold?: number;
  /**
   * Boxes that overlap more than this show one face; 0.3 unless given. Of MTCNN what they share counts in the smaller one, and 0.7 is
   * usual.
   */
  readonly iou?: number;
  /** How many faces are given at most, the best; all of them unless given. */
  readonly max?: number;
  /**
   * The smallest face that is looked for, in pixels of the picture; 20 unless given. The time that a picture takes goes with the inverse
   * of its square. With MTCNN alone: others see a picture in one size, and an InputError says so.
   */
  readonly minSize?: number;
  /**
   * Gives the mesh of each face: the model for it is loaded with the first call that asks. Default false. Detectors tell how a face is
   * turned up to about a right angle; of one that is upside down the mesh is wrong, as MediaPipe's is: turn the picture first.
   */
  readonly mesh?: boolean;
  /** Gives the irises in the mesh, too. Default false. */
  readonly iris?: boolean;
}

const { threshold, iou, max } = BOX_OPTIONS;
const FACE_OPTIONS: OptionRules<FaceOptions> = {
  ...PICTURE_RUN_OPTIONS,
  threshold,
  iou,
  max,
  minSize: 'positive',
  mesh: 'boolean',
  iris: 'boolean',
};

const faceDetection = (parts: FaceParts): PictureTaskDefinition<FaceOptions, Face[]> => ({
  call: 'detect',
  options: FACE_OPTIONS,
  bind: resultNames,
  feeds: (model, { threshold: least = 0.5, iou: overlap = 0.3, minSize }) => {
    if (minSize !== undefined)
      throw new InputError('this detector sees a picture in one size: there is no smallest face to choose', {
        hint: 'Leave minSize out, or load mtcnn',
      });
    return limitFeeds(model, { threshold: least, iou: overlap });
  },
  decode: (outputs, picture, model, options, shown) => {
    const { max: most = Infinity } = options;
    const { preprocessing } = model;
    const results = resultsOf(model, outputs);
    const found = toFaces(keptBoxesOf(results), results['points'], picture, { preprocessing, max: most });
    return withMeshes(found, parts, options, shown);
  },
});

/** Faces with their meshes, where they are asked for, and those that are known; best first. */
async function withMeshes(
  found: readonly PlacedFace[],
  parts: FaceParts,
  options: FaceOptions,
  { picture, known = [] }: ShownPicture<Face[]>,
): Promise<Face[]> {
  const mesh = wantsMesh(options);
  const left = new Set(known);
  const faces: Face[] = [];
  for (const { face, region } of found) {
    // The mesh of one that is known is, too; where its box is, the detector says.
    const same = [...left].find((other) => isOneThing(faceAgain(other), region));
    if (same) left.delete(same);
    const points = same ?? (mesh ? await parts.meshOf(picture, region, options) : undefined);
    faces.push(points?.mesh ? { ...face, mesh: points.mesh } : face);
  }
  return bestFirst([...left, ...faces]).slice(0, options.max ?? Infinity);
}

/** Whether meshes are asked for. Throws InputError for irises without one. */
function wantsMesh({ iris = false, mesh = iris }: FaceOptions): boolean {
  if (iris && !mesh) throw new InputError('irises are looked for in a mesh, and that is turned off');
  return mesh;
}

/** Where the mesh of a face is looked for next. */
function faceAgain({ mesh }: Face): PictureRegion | undefined {
  return mesh && faceMeshRegion(mesh);
}

/**
 * Loads a detector of faces: a name of the catalogue (`blazeface-short`, for faces within two metres, which is taken where none is
 * given; `blazeface-full`, `yunet` and `face-rfb-320` find smaller ones, and `mtcnn` those of any size), or any model that takes a picture and whose outputs are
 * known here: see the option `decode`. Rejects as `Session.create` does, and with InputError, which says what would be read, when
 * the outputs are of another kind.
 */
export async function createFaceDetector(source?: TaskSource, options?: FaceDetectorOptions): Promise<FaceDetector> {
  const { landmarks, iris, rnet, onet, ...own } = await checkTaskOptions(
    'face-detection',
    options,
    FACE_DETECTOR_OPTIONS,
  );
  /** With the parts that were asked for. */
  class Parted extends FaceDetector {
    constructor(model: PictureModel) {
      super(model, new FaceParts(model, { landmarks, iris }, own), cascadeOf(model, { rnet, onet }, own));
    }
  }
  return createHeadedTask(Parted, 'face-detection', source, { maxPlans: MOST_LEVELS, ...own }, () =>
    import('../heads/faces.ts').then(({ FACE_HEADS }) => FACE_HEADS),
  );
}

/** Plans that are kept: MTCNN has one for each level of its pyramid, which is the same for all frames of a video; others have one. */
const MOST_LEVELS = 16;

/** Loads the later networks of MTCNN; undefined behind others. Throws InputError for models of networks that there are not. */
function cascadeOf(
  model: PictureModel,
  sources: { readonly [K in keyof CascadeSources]: PartSource | undefined },
  options: TaskOptions,
): Lazy<FaceCascade> | undefined {
  const isFirst = model.head?.decode === 'mtcnn';
  if (!isFirst && (sources.rnet ?? sources.onet) !== undefined)
    throw new InputError('rnet and onet go on behind the first network of MTCNN, and this is another detector');
  if (!isFirst) return undefined;
  return new Lazy('cascade of networks', async () => {
    const { FaceCascade: Cascade } = await import('./face-cascade.ts');
    return new Cascade(model, sources, options);
  });
}

/** A loaded detector of faces. Made by `createFaceDetector`. */
export class FaceDetector extends PictureTask<FaceOptions, Face[]> {
  readonly #parts: FaceParts;
  readonly #cascade: Lazy<FaceCascade> | undefined;

  /** @internal Throws InputError for a model without its head. */
  constructor(model: PictureModel, parts: FaceParts, cascade?: Lazy<FaceCascade>) {
    super(faceDetection(parts), model);
    this.#parts = parts;
    this.#cascade = cascade;
  }

  /**
   * The faces in a picture, best first, or those in each of several. All is in the picture's own pixels. A frame or a bitmap stays
   * open until the call is done. Rejects as `Session.run` does, with InputError for a picture that cannot be read or options out
   * of range, and with LoadError where a model for the mesh or the irises cannot be loaded.
   */
  detect(picture: PictureSource | PictureFile, options?: FaceOptions): Promise<Face[]>;
  detect(pictures: readonly (PictureSource | PictureFile)[], options?: FaceOptions): Promise<Face[][]>;
  async detect(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: FaceOptions = {},
  ): Promise<Face[] | Face[][]> {
    return this.runAll(pictures, options);
  }

  /** @internal MTCNN's networks run one after the other, the first in each level of a pyramid. */
  protected override async answerOf(picture: PictureSource, options: FaceOptions, known?: Face[]): Promise<Face[]> {
    if (!this.#cascade) return super.answerOf(picture, options, known);
    const { mesh: _mesh, iris: _iris, max: most = Infinity, ...limits } = options;
    const size = pictureSize(picture);
    const { boxes, points } = await (await this.#cascade.load()).find(picture, size, limits);
    const whole = { ...this.preprocessing, ...size, fit: 'stretch' } as const;
    const found = toFaces(boxes, points, size, { preprocessing: whole, max: most });
    return withMeshes(found, this.#parts, options, { picture, known });
  }

  /** @internal Of faces whose meshes are asked for, these say where they are next. */
  protected override async follower(): Promise<FollowStep<FaceOptions, Face[]>> {
    const { followFaces } = await onDemand('following', () => import('./follow-faces.ts'));
    return followFaces(this.#parts, {
      regionOf: faceAgain,
      detect: (picture, options, known) => this.run(picture, options, known),
      isFollowed: wantsMesh,
    });
  }

  override dispose(): void {
    this.#parts.dispose();
    this.#cascade?.peek()?.dispose();
    super.dispose();
  }
}
