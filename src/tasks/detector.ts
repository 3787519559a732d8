/** Pictures to things in them: a loaded detector, its preprocessing and its labels in one object. */
import { InputError } from '../core/errors.ts';
import { pictureSize, type PictureSource } from '../pictures/source.ts';
import type { RunOptions } from '../session/options.ts';
import type { Session } from '../session/session.ts';
import { boxRows, toDetections, type Detection, type DetectionOptions } from '../vision/decode/detections.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { loadPictureModel, type PictureModel, type TaskOptions, type TaskSource } from './picture-model.ts';

/** Options of `Detector.detect`. */
export interface DetectOptions extends DetectionOptions, Pick<RunOptions, 'signal' | 'frameBudgetMs'> {}

/**
 * Loads a detector whose output is decoded: a name of the catalogue (`centernet`), or any model that takes a picture and gives
 * rows of x1, y1, x2, y2 in input pixels, score and class, `[1, boxes, 6]`. Rejects as `Session.create` does, and with
 * InputError when the model is not so.
 */
export async function createDetector(source: TaskSource, options: TaskOptions = {}): Promise<Detector> {
  const model = await loadPictureModel(source, 'detection', options);
  try {
    return new Detector(model);
  } catch (error) {
    model.session.dispose();
    throw error;
  }
}

/** A loaded detector. Made by `createDetector`. */
export class Detector {
  readonly session: Session;
  /** How a picture becomes the input. */
  readonly preprocessing: Preprocessing;
  /** Names of the classes; undefined where nobody named them. */
  readonly labels: readonly string[] | undefined;
  readonly #input: string;
  readonly #output: string;

  /** Throws InputError when no output holds rows of boxes. */
  constructor({ session, preprocessing, labels, input, entry }: PictureModel) {
    this.session = session;
    this.preprocessing = preprocessing;
    this.labels = labels;
    this.#input = input.name;
    this.#output = boxesOf(session, entry?.boxes);
  }

  /**
   * What is in a picture, best first. Boxes are in the picture's own pixels. Rejects as `Session.run` does, and with
   * InputError for a picture that cannot be read or options out of range.
   */
  async detect(picture: PictureSource, { signal, frameBudgetMs, ...chosen }: DetectOptions = {}): Promise<Detection[]> {
    const size = pictureSize(picture);
    const feeds = { [this.#input]: { picture, preprocessing: this.preprocessing } };
    const { [this.#output]: rows } = await this.session.run(feeds, {
      fetches: [this.#output],
      ...(signal ? { signal } : {}),
      ...(frameBudgetMs === undefined ? {} : { frameBudgetMs }),
    });
    if (!rows) throw new InputError(`"${this.#output}" is no output of the model`);
    return toDetections(boxRows(rows), size, this.preprocessing, { ...chosen, labels: this.labels });
  }

  /** Frees what the session holds. */
  dispose(): void {
    this.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function boxesOf({ outputs, graph }: Session, named: string | undefined): string {
  const output = outputs.find(({ name, shape }) =>
    named === undefined ? shape.length === 3 && shape[0] === 1 && shape[2] === 6 : name === named,
  );
  if (output) return output.name;
  const list = outputs.map(({ name, shape }) => `"${name}" ${shape.join('x')}`).join(', ');
  throw new InputError(`no output of "${graph.name}" holds rows of boxes, 1xNx6; its outputs are ${list}`, {
    hint: 'Use a Session, and decode its outputs: tilewise has decodeCenterMap and nonMaxSuppression',
  });
}
