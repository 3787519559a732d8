/** Pictures to classes: a loaded classifier, its preprocessing and its labels in one object. */
import { InputError } from '../core/errors.ts';
import type { PictureSource } from '../pictures/source.ts';
import type { RunOptions } from '../session/options.ts';
import type { Session } from '../session/session.ts';
import { topK, toProbabilities, type Ranked } from '../vision/decode/classes.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { loadPictureModel, type PictureModel, type TaskOptions, type TaskSource } from './picture-model.ts';

/** Options of `Classifier.classify`. */
export interface ClassifyOptions extends Pick<RunOptions, 'signal' | 'frameBudgetMs'> {
  /** How many classes to give; 5 unless given. */
  readonly topK?: number;
}

/**
 * Loads a classifier: a name of the catalogue, a URL, File(s), bytes, or a Graph. A model that the catalogue does not know is
 * fed as is usual for an input of its shape, unless `preprocessing` says otherwise. Rejects as `Session.create` does, and with
 * InputError when the model takes no single picture, gives no scores, or has another number of classes than labels.
 */
export async function createClassifier(source: TaskSource, options: TaskOptions = {}): Promise<Classifier> {
  const model = await loadPictureModel(source, 'classification', options);
  try {
    return new Classifier(model);
  } catch (error) {
    model.session.dispose();
    throw error;
  }
}

/** A loaded classifier. Made by `createClassifier`. */
export class Classifier {
  readonly session: Session;
  /** How a picture becomes the input. */
  readonly preprocessing: Preprocessing;
  /** Names of the classes; undefined where nobody named them. */
  readonly labels: readonly string[] | undefined;
  readonly #input: string;
  readonly #output: string;

  /** Throws InputError when no output holds one score a class. */
  constructor({ session, preprocessing, labels, input }: PictureModel) {
    this.session = session;
    this.preprocessing = preprocessing;
    this.labels = labels;
    this.#input = input.name;
    this.#output = scoresOf(session, labels);
  }

  /**
   * The best classes of a picture, best first, with probabilities: scores that are none go through a softmax. Rejects as
   * `Session.run` does, and with InputError for a picture that cannot be read.
   */
  async classify(picture: PictureSource, { topK: count = 5, ...run }: ClassifyOptions = {}): Promise<Ranked[]> {
    const feeds = { [this.#input]: { picture, preprocessing: this.preprocessing } };
    const { [this.#output]: scores } = await this.session.run(feeds, { ...run, fetches: [this.#output] });
    return topK(toProbabilities(scores?.data ?? []), count, this.labels);
  }

  /** Frees what the session holds. */
  dispose(): void {
    this.session.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The output with one score a class: as many as there are labels, or the only one that has several. */
function scoresOf({ outputs, graph }: Session, labels: readonly string[] | undefined): string {
  const counts = outputs.map(({ shape }) => shape.reduce<number>((n, d) => n * Number(d), 1));
  const vector = outputs.findIndex(
    ({ shape }, i) => (counts[i] ?? 0) > 1 && Math.max(...shape.map(Number)) === counts[i],
  );
  const found = labels ? counts.indexOf(labels.length) : vector;
  const output = outputs[found];
  if (output) return output.name;
  const list = outputs.map(({ name, shape }) => `"${name}" ${shape.join('x')}`).join(', ');
  const wanted = labels ? `${labels.length} scores, one for each label` : 'one score a class';
  throw new InputError(`no output of "${graph.name}" holds ${wanted}; its outputs are ${list}`, {
    hint: 'Use a Session, and read its outputs by name',
  });
}
