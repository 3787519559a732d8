/** What a page downloads of tilewise, by what it imports. */
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildApplication, type Chunk, type Library } from '../lib/library.ts';

/** Applications, by what they show the size of. */
export const APPLICATIONS = {
  session: `import { Session } from 'tilewise'; globalThis.load = (url) => Session.create(url);`,
  classifier: `import { createClassifier } from 'tilewise'; globalThis.load = (url) => createClassifier(url);`,
  detector: `import { createDetector } from 'tilewise'; globalThis.load = (url) => createDetector(url);`,
  hands: `import { createHandDetector } from 'tilewise'; globalThis.load = (url) => createHandDetector(url);`,
  poses: `import { createPoseEstimator } from 'tilewise'; globalThis.load = (url) => createPoseEstimator(url);`,
  matting: `import { createMatting } from 'tilewise'; globalThis.load = (url) => createMatting(url);`,
  segmenter: `import { createSegmenter } from 'tilewise'; globalThis.load = (url) => createSegmenter(url);`,
  upscaler: `import { createUpscaler } from 'tilewise'; globalThis.load = (url) => createUpscaler(url);`,
  text: `import { createTextDetector } from 'tilewise'; globalThis.load = (url) => createTextDetector(url);`,
  faces: `import { createFaceDetector } from 'tilewise'; globalThis.load = (url) => createFaceDetector(url);`,
  ort: `import { InferenceSession, Tensor } from 'tilewise/ort';
    globalThis.load = (url) => InferenceSession.create(url); globalThis.Tensor = Tensor;`,
  models: `import { Session } from 'tilewise';
    import { fromSafetensors, mobilenetV2, readSafetensors } from 'tilewise/models';
    globalThis.load = (bytes) => Session.create(mobilenetV2({ weights: fromSafetensors(readSafetensors(bytes)) }));`,
  error: `import { InputError } from 'tilewise'; globalThis.isInputError = (error) => error instanceof InputError;`,
  suppression: `import { nonMaxSuppression } from 'tilewise'; globalThis.suppress = nonMaxSuppression;`,
} as const;

/** The importers that count as part of every application: of TensorFlow.js both, though a model is of one kind. */
const IMPORTERS = /^src\/formats\/(onnx|tfjs|tfjs\/graph|tfjs\/layers)\/import\.ts$/;

/** The size of one application. Bytes are after gzip, each file by itself. */
export interface AppSize {
  readonly entry: string;
  /** What is loaded at once, with the importers of ONNX and TensorFlow.js, which a model of theirs adds. */
  readonly gzipBytes: number;
  /** Of these, what is loaded at once. */
  readonly startBytes: number;
  /** Everything else, which few pages load any of. */
  readonly onDemandBytes: number;
  readonly files: readonly FileSize[];
}

/** One file of an application. */
export interface FileSize {
  readonly name: string;
  readonly when: 'start' | 'importer' | 'demand';
  readonly gzipBytes: number;
  /** Files of the repository that are in it, if only in part. */
  readonly sources: readonly string[];
  /** Names of the files that are loaded with it. */
  readonly imports: readonly string[];
}

/** Builds an application from the library and weighs it. */
export async function measure(entry: keyof typeof APPLICATIONS, library: Library): Promise<AppSize> {
  const output = await buildApplication(APPLICATIONS[entry], library);
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])));
  const sourcesOf = ({ moduleIds }: Chunk): string[] =>
    moduleIds.flatMap((id) => library.sources.get(basename(id)) ?? []);
  const entries = [...chunks.values()].filter((chunk) => chunk.isEntry);
  // The bundler also writes files that only what it left out would load.
  const reachable = closure(entries, chunks, ({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const all = [...chunks.values()].filter(({ fileName }) => reachable.has(fileName));
  const start = closure(entries, chunks);
  const importers = closure(
    all.filter((chunk) => sourcesOf(chunk).some((source) => IMPORTERS.test(source))),
    chunks,
  );
  const loaded = output.filter(({ type, fileName }) => type === 'asset' || reachable.has(fileName));
  const files = loaded.map((file): FileSize => {
    const when = start.has(file.fileName) ? 'start' : importers.has(file.fileName) ? 'importer' : 'demand';
    const content = file.type === 'chunk' ? file.code : file.source;
    const [sources, imports] = file.type === 'chunk' ? [sourcesOf(file), file.imports] : [[], []];
    return { name: file.fileName, when, gzipBytes: gzipSync(content, { level: 9 }).length, sources, imports };
  });
  const sum = (...kinds: FileSize['when'][]): number =>
    files.reduce((bytes, file) => bytes + (kinds.includes(file.when) ? file.gzipBytes : 0), 0);
  return {
    entry,
    gzipBytes: sum('start', 'importer'),
    startBytes: sum('start'),
    onDemandBytes: sum('demand'),
    files,
  };
}

/** Files and what they import: statically, unless told otherwise. */
function closure(
  roots: readonly Chunk[],
  chunks: ReadonlyMap<string, Chunk>,
  importsOf = ({ imports }: Chunk): readonly string[] => imports,
): Set<string> {
  const found = new Set(roots.map(({ fileName }) => fileName));
  for (const name of found) {
    const chunk = chunks.get(name);
    if (chunk) for (const next of importsOf(chunk)) found.add(next);
  }
  return found;
}
