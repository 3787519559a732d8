/** Where npm packages keep their networks. */
import type { CatalogueSource } from './entry.ts';

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
