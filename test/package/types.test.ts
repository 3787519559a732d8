/** Strict TypeScript projects that use the packed library, with and without the types of a page, of Node and of WebGPU. */
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'vitest';
import { installTools } from '../helpers/tools.ts';
import { makeProject, run } from './project.ts';

const VERSIONS = ['5.2.2', '5.9.3', '6.0.3', '7.0.2'];
const NODE = '@types/node';
const WEBGPU = '@webgpu/types';

/** What needs no type of the platform. */
const ANYWHERE = `
import {
  createClassifier, InputError, nonMaxSuppression, Session, tensor, TilewiseError,
  type ErrorCode, type GpuTensor, type Pixels, type Ranked, type ScoredBox,
} from 'tilewise';
import * as all from 'tilewise/all';
import { findModel, mobilenetV2, randomWeights, toOnnx } from 'tilewise/models';
import { openGpu, openSession } from 'tilewise/node';
import * as ort from 'tilewise/ort';

export async function best(bytes: Uint8Array, pixels: Pixels): Promise<Ranked | undefined> {
  using classifier = await createClassifier(bytes, { labels: ['cup', 'dog'], backend: 'cpu' });
  // @ts-expect-error There is no such backend.
  await createClassifier(bytes, { backend: 'webgl' });
  // @ts-expect-error A number is no picture.
  await classifier.classify(7);
  return (await classifier.classify(pixels, { topK: 1 }))[0];
}

export const code = (error: unknown): ErrorCode | undefined =>
  error instanceof TilewiseError && !(error instanceof InputError) ? error.code : undefined;

export const kept = (boxes: ScoredBox[]): ScoredBox[] => nonMaxSuppression(boxes, { iou: 0.5, max: 10 });

/** A session is the same whichever entry it comes from. */
export const open = async (path: string): Promise<Session> => openSession(path);
export const same: typeof Session = all.Session;

export async function run(session: Session): Promise<number | undefined> {
  const outputs = await session.run({ x: tensor('float32', [1], new Float32Array(1)) });
  return Number(outputs['y']?.data[0]);
}

/** GPU objects have their methods, whether or not the project knows them. */
export const elements = async ({ buffer }: GpuTensor): Promise<Float32Array> => {
  await buffer.mapAsync(1);
  return new Float32Array(buffer.getMappedRange());
};

export async function asOrt(bytes: Uint8Array): Promise<ort.Tensor.DataType | undefined> {
  const session: ort.InferenceSession = await ort.InferenceSession.create(bytes, { executionProviders: ['webgpu'] });
  return (await session.run({ x: new ort.Tensor('float32', [1, 2], [2]) }))['y']?.data;
}

/** Types that are inferred are found by name, in whichever entry they are. */
export const inferred = async (graph: Parameters<typeof toOnnx>[0]) => [
  await createClassifier(graph), await openGpu(), new ort.Tensor('float32', [1], [1]), findModel(), ort.default,
];

export const file = (): Promise<Uint8Array> | Uint8Array => toOnnx(mobilenetV2({ weights: randomWeights(1) }));
`;

/** The types of a page are its own. */
const PAGE = `
import { createClassifier, type PictureSource } from 'tilewise';

export const sources = (canvas: HTMLCanvasElement, video: HTMLVideoElement, bitmap: ImageBitmap): PictureSource[] =>
  [canvas, video, bitmap];
// @ts-expect-error A paragraph is no picture.
export const source: PictureSource = document.createElement('p');
export const load = (files: File[], { signal }: AbortController): unknown => createClassifier(files, { signal });
`;

/** Likewise those of WebGPU. */
const GPU = `
import { Session, type GpuTensor } from 'tilewise';

export const load = (gpu: GPUDevice): Promise<Session> => Session.create('model.onnx', { gpu });
export const buffer = (output: GpuTensor): GPUBuffer => output.buffer;
// @ts-expect-error A texture is no device.
export const fail = (gpu: GPUTexture): Promise<Session> => Session.create('model.onnx', { gpu });
`;

interface Setting {
  readonly module: 'nodenext' | 'bundler';
  readonly page: boolean;
  readonly types: readonly string[];
}

const SETTINGS: readonly Setting[] = [
  { module: 'nodenext', page: true, types: [] },
  { module: 'nodenext', page: true, types: [NODE] },
  { module: 'nodenext', page: false, types: [] },
  { module: 'nodenext', page: false, types: [NODE] },
  { module: 'nodenext', page: true, types: [WEBGPU] },
  { module: 'bundler', page: true, types: [] },
  { module: 'bundler', page: false, types: [] },
];

describe.each(VERSIONS)('TypeScript %s', async (version) => {
  const folder = await installTools(`typescript@${version}`, `${NODE}@20.19.43`, `${WEBGPU}@0.1.74`);
  // Its own DOM library has WebGPU, too, and the two do not go together.
  const own = Number.parseInt(version) >= 6;
  const settings = SETTINGS.filter(({ types }) => !(own && types.includes(WEBGPU)));

  it.skipIf(!folder).each(settings)('$module, page: $page, types: $types', async ({ module, page, types }) => {
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      // As a library does that is built on this one: what it infers is named in its own declarations.
      declaration: true,
      emitDeclarationOnly: true,
      outDir: 'out',
      target: 'es2022',
      lib: page ? ['es2022', 'dom', 'dom.iterable'] : ['es2022'],
      module: module === 'bundler' ? 'esnext' : module,
      moduleResolution: module,
      types,
    };
    const project = makeProject({
      'package.json': '{ "private": true, "type": "module" }',
      'tsconfig.json': JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
      'anywhere.ts': ANYWHERE,
      ...(page ? { 'page.ts': PAGE } : {}),
      ...(types.includes(WEBGPU) || (own && page) ? { 'gpu.ts': GPU } : {}),
    });
    // Nothing that the project does not ask for, as an automatic import of types would find it.
    for (const name of types) {
      const to = join(project, 'node_modules', name);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(folder ?? '', 'node_modules', name), to, { recursive: true });
      if (name === NODE) {
        cpSync(join(folder ?? '', 'node_modules/undici-types'), join(project, 'node_modules/undici-types'), {
          recursive: true,
        });
      }
    }
    await run(project, join(folder ?? '', 'node_modules/.bin/tsc'), '-p', '.', '--pretty', 'false');
  });
});
