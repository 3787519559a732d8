/** Puts models, sample pictures and class names from installed npm packages into the site; nothing of them is committed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Plugin } from 'vite';
import type { CatalogueEntry } from '../../src/catalogue/catalogue.ts';
import { AT_A_TABLE, drawnSamples } from '../../src/catalogue/samples.ts';
import { InputError, LoadError, openModel } from '../../src/node/index.ts';
import { IMAGENET_NAMES, MODEL_FOLDER, SAMPLES, SITE_MODELS } from '../src/site.ts';

const require = createRequire(import.meta.url);

/** Makes a file's bytes when they are first asked for. */
type Maker = () => Promise<Uint8Array>;

/** Emits the files when building, and answers requests for them while serving. */
export function siteFiles(): Plugin {
  return {
    name: 'tilewise-site-files',
    async generateBundle() {
      for (const [fileName, make] of await allFiles()) {
        this.emitFile({ type: 'asset', fileName, source: await make() });
      }
    },
    configureServer: (server) => {
      const files = allFiles();
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/\?.*$/, ''));
        files
          .then(async (known) => {
            const make = known.get(path);
            if (!make) return next();
            response.setHeader('content-type', contentType(path));
            response.end(await make());
          })
          .catch(next);
      });
    },
  };
}

async function allFiles(): Promise<ReadonlyMap<string, Maker>> {
  const models = await Promise.all(SITE_MODELS.map(modelFiles));
  return new Map([...models.flat(), ...sampleFiles(), [IMAGENET_NAMES, imagenetNames]]);
}

/** The model's main file under its own name, and the shards that it names. */
async function modelFiles({ name, source }: CatalogueEntry): Promise<[string, Maker][]> {
  if (source.kind !== 'npm') throw new InputError(`the model "${name}" comes from no npm package`);
  const files = await openModel(name);
  const folder = `${MODEL_FOLDER}${name}/`;
  const shards = shardNames(files.main.bytes).map((shard): [string, Maker] => [
    folder + shard,
    () => files.read(shard),
  ]);
  return [[folder + files.main.name, () => Promise.resolve(files.main.bytes)], ...shards];
}

/** The weight files that a TensorFlow.js `model.json` names. */
function shardNames(json: Uint8Array): string[] {
  const model: { weightsManifest?: readonly { readonly paths: readonly string[] }[] } = JSON.parse(
    new TextDecoder().decode(json),
  );
  return (model.weightsManifest ?? []).flatMap(({ paths }) => paths);
}

function sampleFiles(): [string, Maker][] {
  const makers: Readonly<Record<(typeof SAMPLES)[number]['name'], Maker>> = {
    // A cup of coffee, from the package that the class names come from.
    Cup: async () => readFileSync(inPackage('@tensorflow-models/mobilenet', '../demo/coffee.jpg')),
    Table: () => {
      const { x: left, y: top, width, height } = AT_A_TABLE;
      const screenshot = inPackage('@vladmandic/human', '../assets/samples.jpg');
      return sharp(screenshot).extract({ left, top, width, height }).png().toBuffer();
    },
    Balls: () => {
      const drawing = drawnSamples().find(({ name }) => name.includes('balls'));
      if (!drawing) throw new LoadError('there is no drawing of balls');
      const { width, height, data } = drawing;
      return sharp(data, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer();
    },
  };
  return SAMPLES.map(({ name, path }) => [path, makers[name]]);
}

/** A file beside the entry of an installed package. */
function inPackage(name: string, path: string): string {
  return join(dirname(require.resolve(name)), path);
}

/** The class names that `@tensorflow-models/mobilenet` (Apache-2.0) has, shortened to the first of each class's synonyms. */
function imagenetNames(): Promise<Uint8Array> {
  const {
    IMAGENET_CLASSES,
  }: {
    IMAGENET_CLASSES: Readonly<Record<string, string>>;
  } = require('@tensorflow-models/mobilenet/dist/imagenet_classes.js');
  const names = Object.values(IMAGENET_CLASSES).map((synonyms) => synonyms.replace(/,.*$/, ''));
  return Promise.resolve(new TextEncoder().encode(`${names.join('\n')}\n`));
}

function contentType(path: string): string {
  const types: Readonly<Record<string, string>> = {
    json: 'application/json',
    jpg: 'image/jpeg',
    png: 'image/png',
    txt: 'text/plain; charset=utf-8',
  };
  return types[path.replace(/^.*\./, '')] ?? 'application/octet-stream';
}
