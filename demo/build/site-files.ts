/** Puts models, sample pictures and class names from installed npm packages into the site; nothing of them is committed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Plugin } from 'vite';
import { findModel, type CatalogueEntry } from '../../src/catalogue/catalogue.ts';
import { ownName, publishedFiles } from '../../src/catalogue/published.ts';
import { AT_A_TABLE, drawnSamples } from '../../src/catalogue/samples.ts';
import { LoadError, openModel } from '../../src/node/index.ts';
import { IMAGENET_NAMES, MODEL_FOLDER, PART_MODELS, SAMPLES, SITE_MODELS } from '../src/site.ts';

const require = createRequire(import.meta.url);

/** Makes a file's bytes when they are first asked for. */
type Maker = () => Promise<Uint8Array>;

/** Emits the files when building, and answers requests for them while serving. The page is told which models are among them. */
export function siteFiles(): Plugin {
  let models: readonly HeldModel[] = [];
  const allFiles = (): ReadonlyMap<string, Maker> =>
    new Map([...models.flatMap(({ files }) => files), ...sampleFiles(), [IMAGENET_NAMES, imagenetNames]]);
  return {
    name: 'tilewise-site-files',
    async config() {
      models = await heldModels();
      return { define: { HELD_MODELS: JSON.stringify(models.map(({ name }) => name)) } };
    },
    async generateBundle() {
      for (const [fileName, make] of allFiles()) {
        this.emitFile({ type: 'asset', fileName, source: await make() });
      }
    },
    configureServer: (server) => {
      const files = allFiles();
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/\?.*$/, ''));
        const make = files.get(path);
        if (!make) return next();
        response.setHeader('content-type', contentType(path));
        make().then((bytes) => response.end(bytes), next);
      });
    },
  };
}

/** A model whose files are at hand. */
export interface HeldModel {
  readonly name: string;
  readonly files: readonly (readonly [path: string, make: Maker])[];
}

/** The models of the page, and their parts, that npm packages hold, and those that can be downloaded now; of others the terminal is told. */
export async function heldModels(): Promise<readonly HeldModel[]> {
  const found = await Promise.all(
    [...SITE_MODELS, ...PART_MODELS.map((name) => findModel(name))].map(async (entry) => {
      try {
        return await heldModel(entry);
      } catch (error) {
        if (!(error instanceof LoadError) || isInstalled(entry)) throw error;
        const { reason, detail } = error;
        console.warn(
          `${entry.name} is not put into the site: ${reason} (${detail.file}). The page says so, and fetches it from the web when ` +
            'it is chosen; TILEWISE_MIRROR names a folder that holds its files.',
        );
        return undefined;
      }
    }),
  );
  return found.filter((model) => model !== undefined);
}

/** Whether it comes from a package that is there: what is missing in that is a fault. */
function isInstalled({ source }: CatalogueEntry): boolean {
  if (source.kind !== 'npm') return false;
  try {
    return require.resolve(source.package) !== '';
  } catch {
    return false;
  }
}

/** The model's main file under its own name, and what belongs to it, as `modelBase` wants them. */
async function heldModel(entry: CatalogueEntry): Promise<HeldModel> {
  const { name, source } = entry;
  const { main, read } = await openModel(name);
  const folder = `${MODEL_FOLDER}${name}/`;
  const beside = publishedFiles(entry).companions.map(async (companion): Promise<readonly [string, Maker]> => {
    const file = ownName(companion, false);
    // Files of packages are there; what is downloaded has to be, before the page is told.
    const bytes = source.kind === 'npm' ? undefined : await read(file);
    return [folder + file, async () => bytes ?? read(file)];
  });
  return { name, files: [[folder + main.name, () => Promise.resolve(main.bytes)], ...(await Promise.all(beside))] };
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
