/** Tasks on pictures in Node: a model by path, a catalogue model from a folder, and what is said of the wrong ones. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import {
  createClassifier,
  createDetector,
  decodeImage,
  fetchCached,
  fileTuningCache,
  openGpu,
  openModel,
  openSession,
  Session,
  type LoadProgress,
} from '../../src/node/index.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

const backend = 'cpu';
const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0, 255) };
let folder = '';

/** Scores of a picture are the means of its channels. */
function channelMeans(height: number, width: number): Uint8Array {
  return encodeModel({
    opset: 13,
    inputs: [{ name: 'picture', dtype: 'float32', shape: [1, 3, height, width] }],
    outputs: [{ name: 'scores', dtype: 'float32', shape: [1, 3] }],
    nodes: [
      {
        op: 'ReduceMean',
        inputs: ['picture'],
        outputs: ['means'],
        attributes: { axes: { ints: [2, 3] }, keepdims: { i: 0 } },
      },
      { op: 'Softmax', inputs: ['means'], outputs: ['scores'] },
    ],
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-tasks-'));
  writeFileSync(join(folder, 'net.onnx'), channelMeans(4, 4));
  mkdirSync(join(folder, 'nsfw-mobilenet-v2'));
  writeFileSync(join(folder, 'nsfw-mobilenet-v2/net.onnx'), channelMeans(4, 4));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('in Node', () => {
  it.each([
    ['openGpu', () => openGpu({ adaptor: 'lavapipe' } as never), 'adapter'],
    ['openModel', () => openModel('net.onnx', { cachedir: folder } as never), 'cacheDir'],
    ['fetchCached', () => fetchCached('http://127.0.0.1/x', { SHA256: '' } as never), 'sha256'],
    ['fileTuningCache', async () => fileTuningCache({ foldr: folder } as never), 'folder'],
    ['decodeImage', () => decodeImage(Uint8Array.of(1), { nme: 'x' } as never), 'name'],
    ['openSession', () => openSession(join(folder, 'net.onnx'), { backend, device: {} } as never), 'gpu'],
  ])('%s has no options but its own', async (call, refused, meant) => {
    const error: unknown = await refused().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(new RegExp(`${call} has no option "\\w+": did you mean "${meant}"\\?`));
  });

  it('takes what is undefined for left out, and nothing but an object for options', async () => {
    const path = join(folder, 'net.onnx');
    using detached = await createClassifier(path, {
      backend: 'webgpu',
      gpu: undefined,
      decodePicture: undefined,
    } as never);
    expect(detached.session.report.backend).toBe('webgpu');
    using opened = await openSession(path, { backend, gpu: undefined } as never);
    expect(opened.report.backend).toBe('cpu');
    using inherited = await createClassifier(path, Object.create({ backend }));
    expect(inherited.session.report.backend).toBe('cpu');
    for (const options of ['cpu', 3, () => backend, [backend]]) {
      await expect(createClassifier(path, options as never)).rejects.toThrow(/^the options of a classification model/);
      await expect(openModel(path, options as never)).rejects.toThrow(/^the options of openModel are an object/);
    }
    expect((await openModel(path, null as never)).main.name).toBe('net.onnx');
    await expect(openModel(path, { mirror: 5 } as never)).rejects.toThrow(/mirror of openModel is a string, and 5/);
    await expect(createDetector('centernet', { backend, modelBase: null } as never)).rejects.toThrow(/^modelBase is/);
    expect(() => fileTuningCache('folder' as never)).toThrow(/options of fileTuningCache are an object, and "folder"/);
  });

  it('a load tells how much of the file has come', async () => {
    const steps: LoadProgress[] = [];
    const onProgress = (step: LoadProgress): number => steps.push(step);
    using _ = await createClassifier(join(folder, 'net.onnx'), { backend, labels: ['a', 'b', 'c'], onProgress });
    const { byteLength } = channelMeans(4, 4);
    expect(steps.find(({ file }) => file === 'net.onnx')).toMatchObject({ loaded: byteLength });
    expect(steps.at(-1)).toEqual({ stage: 'ready', fraction: 1 });
  });

  it('sessions are opened by path, file: URL and name, with options that are undefined as without them', async () => {
    const path = join(folder, 'net.onnx');
    const feeds = { picture: { shape: [1, 3, 4, 4], data: new Float32Array(48) } };
    const options = { backend, gpu: undefined, decodePicture: undefined } as object;
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      using session = await Session.create(source, options);
      expect(session).toBeInstanceOf(Session);
      expect([...((await session.run(feeds))['scores']?.data ?? [])]).toEqual([1, 1, 1].map((n) => Math.fround(n / 3)));
    }
    using opened = await openSession(path, { ...options, adapter: undefined });
    expect(opened).toBeInstanceOf(Session);
    await expect(Session.create('centrenet', options)).rejects.toThrow(/Did you mean centernet\?/);
    await expect(Session.create(path, [] as never)).rejects.toThrow(/the options of Session.create are an object/);
    await expect(createClassifier(path, [] as never)).rejects.toThrow(/are an object, and an array was given/);
  });

  it('a classifier is opened by its path', async () => {
    const labels = ['red', 'green', 'blue'];
    using classifier = await createClassifier(join(folder, 'net.onnx'), { backend, labels });
    expect(classifier.session).toBeInstanceOf(Session);
    expect(classifier).not.toBeInstanceOf(Session);
    expect((await classifier.classify(red, { topK: 1 }))[0]?.label).toBe('red');
  });

  it('a catalogue model comes from the folder that modelBase names', async () => {
    const preprocessing = { width: 4, height: 4, layout: 'nchw' } as const;
    const options = { backend, modelBase: folder, labels: ['a', 'b', 'c'], preprocessing } as const;
    using classifier = await createClassifier('nsfw-mobilenet-v2', options);
    expect((await classifier.classify(red))[0]?.label).toBe('a');
    const absent = createClassifier('nsfw-inception-v3', options);
    await expect(absent).rejects.toBeInstanceOf(LoadError);
    await expect(absent).rejects.toThrow(/does not hold "nsfw-inception-v3"\. npx tilewise fetch nsfw-inception-v3/);
  });

  it('files and folders may be named by file: URLs', async () => {
    const url = pathToFileURL(`${folder}/`);
    using opened = await createClassifier(new URL('net.onnx', url), { backend });
    expect((await opened.classify(red))[0]?.index).toBe(0);
    const preprocessing = { width: 4, height: 4, layout: 'nchw' } as const;
    for (const modelBase of [url, url.href]) {
      const options = { backend, modelBase, labels: ['a', 'b', 'c'], preprocessing } as const;
      using named = await createClassifier('nsfw-mobilenet-v2', options);
      expect((await named.classify(red))[0]?.label).toBe('a');
    }
  });

  it('a load given up while labels are on their way rejects with the reason', async () => {
    const controller = new AbortController();
    vi.stubGlobal('fetch', (url: URL, { signal }: { signal: AbortSignal }) => {
      if (!url.pathname.endsWith('.txt')) return Promise.resolve(new Response(new Uint8Array(channelMeans(4, 4))));
      setTimeout(() => controller.abort(new Error('enough')));
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    try {
      const preprocessing = { width: 4, height: 4, layout: 'nchw' } as const;
      const options = { backend, modelBase: 'http://here/models', preprocessing, signal: controller.signal } as const;
      await expect(createClassifier('imagenet-squeezenet-v1.1', options)).rejects.toThrow('enough');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('labels that a folder lacks are asked for, unless there are others', async () => {
    const name = 'imagenet-squeezenet-v1.1';
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'net.onnx'), channelMeans(4, 4));
    const preprocessing = { width: 4, height: 4, layout: 'nchw', dtype: 'float32' } as const;
    const options = { backend, modelBase: folder, preprocessing } as const;
    const lacking = createClassifier(name, options);
    await expect(lacking).rejects.toBeInstanceOf(LoadError);
    await expect(lacking).rejects.toThrow(
      /synset_words\.txt.*names the classes of imagenet-squeezenet-v1\.1: give them/,
    );
    using named = await createClassifier(name, { ...options, labels: ['a', 'b', 'c'] });
    expect(named.labels).toEqual(['a', 'b', 'c']);
    writeFileSync(join(folder, name, 'synset_words.txt'), 'n00000001 red\nn00000002 green\nn00000003 blue\n');
    using listed = await createClassifier(name, options);
    expect(listed.labels).toEqual(['red', 'green', 'blue']);
  });

  it('a model for another task is refused', async () => {
    await expect(createDetector('nsfw-mobilenet-v2', { backend })).rejects.toBeInstanceOf(InputError);
    await expect(createClassifier(join(folder, 'nte.onnx'), { backend })).rejects.toThrow(/Did you mean .*net\.onnx/);
  });
});
