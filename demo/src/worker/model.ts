/** One loaded model: as a classifier or detector where it is one, as a bare session otherwise. */
import {
  createClassifier,
  createDetector,
  InputError,
  Session,
  type Classifier,
  type Detector,
  type SessionOptions,
} from '../../../src/index.ts';
import { findModel } from '../../../models/catalogue.ts';
import { IMAGENET_NAMES, MODEL_FOLDER } from '../site.ts';
import type { ModelInfo, ModelRequest } from './protocol.ts';

/** What runs, by what its answers are. */
export type Runner =
  | { readonly task: 'classification'; readonly classifier: Classifier; readonly names: readonly string[] | undefined }
  | { readonly task: 'detection'; readonly detector: Detector }
  | { readonly task: 'other' };

/** A loaded model. */
export interface Model {
  readonly session: Session;
  readonly runner: Runner;
  readonly info: ModelInfo;
}

/** Loads what the visitor chose. `base` is the page's address. Rejects as `Session.create` does. */
export async function openModel(request: ModelRequest, base: URL, options: SessionOptions): Promise<Model> {
  const { session, runner } = request.kind === 'site' ? await site(request.name, base, options) : await dropped(request.files, base, options);
  const { inputs, outputs, report } = session;
  const licence = request.kind === 'site' ? { licence: findModel(request.name).licence } : {};
  return { session, runner, info: { title: request.title, task: runner.task, ...licence, inputs, outputs, report } };
}

type Opened = Pick<Model, 'session' | 'runner'>;

async function site(name: string, base: URL, options: SessionOptions): Promise<Opened> {
  const here = { ...options, modelBase: new URL(MODEL_FOLDER, base) };
  if (findModel(name).task === 'detection') {
    const detector = await createDetector(name, here);
    return { session: detector.session, runner: { task: 'detection', detector } };
  }
  const classifier = await createClassifier(name, here);
  return { session: classifier.session, runner: { task: 'classification', classifier, names: undefined } };
}

/** A classifier if it takes one picture and gives one vector of scores. */
async function dropped(files: readonly File[], base: URL, options: SessionOptions): Promise<Opened> {
  try {
    const classifier = await createClassifier([...files], options);
    const names = await namesFor(classifier.session, base);
    return { session: classifier.session, runner: { task: 'classification', classifier, names } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { session: await Session.create([...files], options), runner: { task: 'other' } };
  }
}

/** ImageNet's names for networks with as many classes as it has, with or without the one for "none of them". */
async function namesFor({ outputs }: Session, base: URL): Promise<readonly string[] | undefined> {
  const classes = Math.max(...outputs.map(({ shape }) => Number(shape.at(-1) ?? 0)));
  if (classes !== 1000 && classes !== 1001) return undefined;
  const response = await fetch(new URL(IMAGENET_NAMES, base));
  if (!response.ok) return undefined;
  const names: string[] = await response.json();
  return classes === 1000 ? names : ['background', ...names];
}
