/** Pictures to faces: boxes, key points, and on demand the mesh of each face and its irises. */
import { onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { InputError } from '../core/errors.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { toFaces, type Face } from '../vision/faces.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { faceMeshRegion } from '../vision/regions.ts';
import { FaceParts, type FacePartSources } from './face-parts.ts';
import { createHeadedTask, HEADED_OPTIONS, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import { checkTaskOptions, type PictureModel, type TaskSource } from './picture-model.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';
import { bestFirst, isOneThing } from './region-answers.ts';
import type { FollowStep } from './watch-task.ts';

/** Options of `createFaceDetector`. */
export interface FaceDetectorOptions extends HeadedTaskOptions, FacePartSources {}

/** What they may be. */
export const FACE_DETECTOR_OPTIONS: OptionRules<FaceDetectorOptions> = {
  ...HEADED_OPTIONS,
  landmarks: 'any',
  iris: 'any',
};

/** Options of `FaceDetector.detect`. */
export interface FaceOptions extends PictureRunOptions {
  /** Lowest score; 0.5 unless given. */
  readonly threshold?: number;
  /** Boxes that overlap more than this show one face; 0.3 unless given. */
  readonly iou?: number;
  /** How many faces are given at most, the best; all of them unless given. */
  readonly max?: number;
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
  mesh: 'boolean',
  iris: 'boolean',
};

const faceDetection = (parts: FaceParts): PictureTaskDefinition<FaceOptions, Face[]> => ({
  call: 'detect',
  options: FACE_OPTIONS,
  bind: resultNames,
  feeds: (model, { threshold: least = 0.5, iou: overlap = 0.3 }) => {
    return limitFeeds(model, { threshold: least, iou: overlap });
  },
  decode: async (outputs, picture, model, options, { picture: shown, known = [] }) => {
    const { max: most = Infinity } = options;
    const mesh = wantsMesh(options);
    const { preprocessing } = model;
    const results = resultsOf(model, outputs);
    const found = toFaces(keptBoxesOf(results), results['points'], picture, { preprocessing, max: most });
    const left = new Set(known);
    const faces: Face[] = [];
    for (const { face, region } of found) {
      // The mesh of one that is known is, too; where its box is, the detector says.
      const same = [...left].find((other) => isOneThing(faceAgain(other), region));
      if (same) left.delete(same);
      const points = same ?? (mesh ? await parts.meshOf(shown, region, options) : undefined);
      faces.push(points?.mesh ? { ...face, mesh: points.mesh } : face);
    }
    return bestFirst([...left, ...faces]).slice(0, most);
  },
});

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
 * given; `blazeface-full`, `yunet` and `face-rfb-320` find smaller ones), or any model that takes a picture and whose outputs are
 * known here: see the option `decode`. Rejects as `Session.create` does, and with InputError, which says what would be read, when
 * the outputs are of another kind.
 */
export async function createFaceDetector(source?: TaskSource, options?: FaceDetectorOptions): Promise<FaceDetector> {
  const { landmarks, iris, ...own } = await checkTaskOptions('face-detection', options, FACE_DETECTOR_OPTIONS);
  /** With the parts that were asked for. */
  class Parted extends FaceDetector {
    constructor(model: PictureModel) {
      super(model, new FaceParts(model, { landmarks, iris }, own));
    }
  }
  return createHeadedTask(Parted, 'face-detection', source, own, () =>
    import('../heads/faces.ts').then(({ FACE_HEADS }) => FACE_HEADS),
  );
}

/** A loaded detector of faces. Made by `createFaceDetector`. */
export class FaceDetector extends PictureTask<FaceOptions, Face[]> {
  readonly #parts: FaceParts;

  /** @internal Throws InputError for a model without its head. */
  constructor(model: PictureModel, parts: FaceParts) {
    super(faceDetection(parts), model);
    this.#parts = parts;
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
    super.dispose();
  }
}
