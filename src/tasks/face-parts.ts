/** What is seen in the part of a picture that holds one face: its mesh, and in that the irises. */
import type { PictureSource } from '../pictures/source.ts';
import { eyeRegion, EYE_CORNERS } from '../vision/regions.ts';
import type { PicturePoint, PictureRegion } from '../vision/region-spec.ts';
import { ModelPart, type PartSource } from './model-part.ts';
import type { PictureModel, TaskOptions } from './picture-model.ts';
import type { PictureRunOptions } from './picture-task.ts';
import { placesIn, RegionModel } from './region-model.ts';

/** Models that go on where a detector of faces ends; false: none. */
export interface FacePartSources {
  /** For the mesh; the one that the catalogue has with the detector unless given, else `face-mesh`. */
  readonly landmarks?: PartSource;
  /** For the irises; the one that the catalogue has with the detector unless given, else `iris`. */
  readonly iris?: PartSource;
}

/** What goes on behind detectors that the catalogue has no parts of, or does not know: all faces are alike. */
const USUAL = { landmarks: 'face-mesh', iris: 'iris' } as const;

/** Points of a mesh; those of irises come after them. */
const MESH_POINTS = 468;

/** What a face must score to the network of its mesh: MediaPipe's own. */
const LEAST_PRESENCE = 0.5;

/** What was seen of a face. */
export interface FaceMesh {
  readonly mesh: readonly PicturePoint[];
  /** That it is a face, 0 to 1. */
  readonly score: number;
}

/** The parts of one detector. */
export class FaceParts implements Disposable {
  readonly #landmarks: ModelPart;
  readonly #iris: ModelPart;

  /** `options` are those of the detector `first`. */
  constructor(
    first: PictureModel,
    sources: { readonly [K in keyof FacePartSources]: PartSource | undefined },
    options: TaskOptions,
  ) {
    const part = (name: keyof FacePartSources, task: 'face-landmarks' | 'iris-landmarks'): ModelPart => {
      const heads = async () =>
        (await import('../heads/face-parts.ts'))[name === 'iris' ? 'IRIS_HEADS' : 'FACE_MESH_HEADS'];
      const source = sources[name] ?? first.entry?.parts?.[name] ?? USUAL[name];
      return new ModelPart({ name, task, heads, model: RegionModel }, first, source, options);
    };
    this.#landmarks = part('landmarks', 'face-landmarks');
    this.#iris = part('iris', 'iris-landmarks');
  }

  /**
   * The points of the face in a region, 468 or, with irises, 478, and its score; undefined where the network sees no face. Rejects
   * as `ModelPart.load` and `Session.run` do.
   */
  async meshOf(
    picture: PictureSource,
    region: PictureRegion,
    { iris = false, ...run }: PictureRunOptions & { readonly iris?: boolean },
  ): Promise<FaceMesh | undefined> {
    const model = await this.#landmarks.load();
    const { results, map } = await model.run(picture, region, run);
    const mesh = results['points'] && placesIn(results['points'], map);
    const score = results['score']?.data[0] ?? NaN;
    if (!mesh || !(score >= LEAST_PRESENCE)) return undefined;
    // A mesh that has irises itself needs nobody else to look for them.
    if (!iris) return { mesh: mesh.slice(0, MESH_POINTS), score };
    if (mesh.length > MESH_POINTS) return { mesh, score };
    const eyes = await this.#iris.load();
    const irises: PicturePoint[] = [];
    for (const side of ['left', 'right'] as const) {
      const own = await irisIn(eyes, picture, mesh, side, run);
      if (!own) return { mesh, score };
      irises.push(...own);
    }
    return { mesh: [...mesh, ...irises], score };
  }

  dispose(): void {
    this.#landmarks.dispose();
    this.#iris.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The five points of an iris, at the mean depth of the eye's corners, as MediaPipe has them; undefined where one is not finite. */
async function irisIn(
  model: RegionModel,
  picture: PictureSource,
  mesh: readonly PicturePoint[],
  side: keyof typeof EYE_CORNERS,
  run: PictureRunOptions,
): Promise<PicturePoint[] | undefined> {
  const { results, map } = await model.run(picture, eyeRegion(mesh, side), run);
  const { iris } = results;
  const [from, to] = EYE_CORNERS[side].map((corner) => mesh[corner]?.z ?? 0);
  const z = ((from ?? 0) + (to ?? 0)) / 2;
  return iris && placesIn(iris, map)?.map(({ x, y }) => ({ x, y, z }));
}
