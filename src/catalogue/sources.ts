/** Where published networks lie: packages of npm, and repositories at a fixed commit. */
import type { CatalogueSource, FilePart, PinnedFile } from './entry.ts';

/** A network of nsfwjs, its files wrapped in scripts: the checksum of the main one, of the JSON in it, then those of its shards. */
export const nsfw = (folder: string, sha256: string, unwrapped: string, ...shards: string[]): CatalogueSource => ({
  kind: 'npm',
  package: 'nsfwjs',
  version: '4.3.0',
  path: `dist/models/${folder}/model.min.js`,
  sha256,
  unwrapped,
  companions: shards.map((sum, i) => ({ name: `group1-shard${i + 1}of${shards.length}.min.js`, sha256: sum })),
});

/** A network of human, with all of its weights in one file. */
export const human = (name: string, sha256: string, weights: string): CatalogueSource => ({
  kind: 'npm',
  package: '@vladmandic/human',
  version: '3.3.6',
  path: `models/${name}.json`,
  sha256,
  companions: [{ name: `${name}.bin`, sha256: weights }],
});

/** The packages of MediaPipe's solutions. */
const MEDIAPIPE = {
  face_detection: '0.4.1657300184',
  face_mesh: '0.4.1657299874',
  hands: '0.4.1675469240',
  pose: '0.5.1675469404',
  selfie_segmentation: '0.1.1675465747',
} as const;

/** A network of MediaPipe: a file of a package, or the part of one in which its networks are joined. */
export const mediapipe = (
  solution: keyof typeof MEDIAPIPE,
  path: string,
  sha256: string,
  part?: FilePart,
): CatalogueSource => ({
  kind: 'npm',
  package: `@mediapipe/${solution}`,
  version: MEDIAPIPE[solution],
  path,
  sha256,
  ...(part ? { part } : {}),
});

/** A repository, OWNER/NAME, and a commit. */
export type Repository = readonly [name: string, commit: string];

/** A raw file of a public repository at a fixed commit; these addresses answer cross-origin requests. */
export const raw = ([repository, commit]: Repository, path: string, sha256: string): PinnedFile => ({
  url: `https://raw.githubusercontent.com/${repository}/${commit}/${path}`,
  sha256,
});

/** A network that is one such file. */
export const repositoryFile = (...file: Parameters<typeof raw>): CatalogueSource => ({ kind: 'url', ...raw(...file) });
