/** Options that there are not, and values that they cannot have, are refused by name, whoever takes them. */
import { describe, expect, it, vi } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { fitsOption } from '../../src/core/option-rules.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { Session } from '../../src/session/session.ts';
import { createClassifier, type Classifier } from '../../src/tasks/classifier.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import { guessPreprocessing } from '../../src/vision/guess.ts';
import { checkPreprocessing, type Preprocessing } from '../../src/vision/picture-spec.ts';

/** Three scores of a picture of 4×4. */
function scores(): Graph {
  const b = new GraphBuilder('scores');
  const pooled = b.one('GlobalAveragePool', [b.input('image', 'float32', [1, 4, 4, 3])], {});
  const flat = b.one('Flatten', [pooled], { axis: 1 });
  b.output(b.one('Activation', [flat], { activation: NO_ACTIVATION }, { outputs: ['scores'] }));
  return b.build();
}

/** The message of the InputError that a call without types ends with. */
async function refusal(call: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (e: unknown) => e,
    );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

const cpu = { backend: 'cpu' } as const;
// What callers without types pass.
const create = (options: unknown): Promise<Session> => Session.create(scores(), options as never);
const classifier = (options?: object): Promise<Classifier> =>
  createClassifier(scores(), { ...cpu, ...options } as never);

describe('options of a session', () => {
  it.each([
    [
      { backend: 'reference' },
      'the option backend of Session.create cannot be "reference": did you mean "cpu"?. It is one of "auto", "webgpu", "wasm", "cpu"',
    ],
    [
      { backend: 'WebGPU' },
      'the option backend of Session.create cannot be "WebGPU": did you mean "webgpu"?. It is one of "auto", "webgpu", "wasm", "cpu"',
    ],
    [
      { precision: 'fp16' },
      'the option precision of Session.create cannot be "fp16": did you mean "float16"?. It is one of "float32", "float16"',
    ],
    [{ tune: true }, 'the option tune of Session.create cannot be true. It is one of "off", "cached", "full"'],
    [{ maxPlans: 0 }, 'the option maxPlans of Session.create is a positive integer, and 0 was given'],
    [{ frameBudgetMs: NaN }, 'the option frameBudgetMs of Session.create is a positive number, and NaN was given'],
    [{ onProgress: {} }, 'the option onProgress of Session.create is a function, and an object was given'],
    [
      { signal: new AbortController() },
      'the option signal of Session.create is an AbortSignal, and an object was given',
    ],
    [{ signature: 1 }, 'the option signature of Session.create is a string, and 1 was given'],
    [{ allowHosts: 'example.org' }, 'the option allowHosts of Session.create is an array, and "example.org" was given'],
    [{ gpu: 'high-performance' }, 'the option gpu of Session.create is an object, and "high-performance" was given'],
    [{ signal: { aborted: false } }, 'the option signal of Session.create is an AbortSignal, and an object was given'],
    ['webgpu', 'the options of Session.create are an object, and "webgpu" was given'],
    [['webgpu'], 'the options of Session.create are an object, and an array was given'],
    [new Map([['backend', 'cpu']]), 'the options of Session.create are an object, and an iterable was given'],
    [
      Object.create({ backend: 'webassembly' }),
      'the option backend of Session.create cannot be "webassembly": did you mean "wasm"?. It is one of "auto", "webgpu", "wasm", "cpu"',
    ],
  ])('%j', async (options, message) => {
    expect(await refusal(() => create(options))).toBe(message);
  });

  it.each([
    ['device', 'webgpu', 'backend'],
    ['device', {}, 'gpu'],
    ['dtype', 'fp16', 'precision'],
    ['executionProviders', ['webgpu'], 'backend'],
    ['onprogress', () => undefined, 'onProgress'],
    ['presicion', 'float16', 'precision'],
    ['signatureKey', 'encode', 'signature'],
    ['constructor', 1, undefined],
    ['zzz', 1, undefined],
  ])('%s: %s', async (key, value, meant) => {
    const message = await refusal(() => create({ [key]: value }));
    const suggestion = meant === undefined ? '' : `: did you mean "${meant}"?`;
    expect(message).toContain(`Session.create has no option "${key}"${suggestion}`);
    expect(message).toMatch(/Its options are backend, gpu, inputShapes, .*tuningCache$/);
  });

  it('may be left out, or undefined', async () => {
    for (const options of [{ ...cpu, gpu: undefined, signal: undefined }, Object.assign(Object.create(null), cpu)]) {
      using session = await create(options);
      expect(session.report.backend).toBe('cpu');
    }
  });

  it('may be inherited, and getters', async () => {
    class Settings {
      get backend(): string {
        return 'cpu';
      }
    }
    for (const options of [Object.create(cpu), new Settings()]) {
      using session = await create(options);
      expect(session.report.backend).toBe('cpu');
    }
  });
});

it('no number of an option is NaN', () => {
  for (const rule of ['number', 'positive', 'count'] as const) {
    expect(fitsOption(rule, 3)).toBe(true);
    expect(fitsOption(rule, NaN)).toBe(false);
  }
});

describe('options of a call', () => {
  it('are those of the call', async () => {
    using session = await create(cpu);
    const feeds = { image: { shape: [1, 4, 4, 3], data: new Float32Array(48) } };
    const run = (options: unknown) => refusal(() => session.run(feeds, options as never));
    expect(await run({ fetches: 'scores' })).toBe('the option fetches of run is an array, and "scores" was given');
    expect(await run({ fetches: ['score'] })).toMatch(/"score" is not an output/);
    expect(await run({ outputs: 'cpu' })).toContain('the option outputs of run cannot be "cpu"');
    expect(await run({ outputNames: ['scores'] })).toContain(
      'run has no option "outputNames": did you mean "fetches"?',
    );
    expect(Object.keys(await session.run(feeds, null as never))).toEqual(['scores']);
    expect(await session.run(feeds, Object.create({ fetches: [] }))).toEqual({});
  });

  it('are those of the task', async () => {
    using model = await classifier();
    const picture = { width: 4, height: 4, data: new Uint8ClampedArray(64) };
    const classify = (options: unknown) => refusal(() => model.classify(picture, options as never));
    expect(await classify({ topk: 2 })).toContain('classify has no option "topk": did you mean "topK"?');
    expect(await classify({ topK: 0 })).toBe('the option topK of classify is a positive integer, and 0 was given');
    expect(await classify({ threshold: 0.5 })).toContain('Its options are signal, frameBudgetMs, topK');
    expect(await model.classify(picture, { topK: 2 })).toHaveLength(2);
    expect(await model.classify(picture, Object.create({ topK: 1 }))).toHaveLength(1);
    expect(await model.classify(picture, null as never)).toHaveLength(3);
  });
});

describe('options of a task', () => {
  it('are those of a session and its own', async () => {
    expect(await refusal(() => classifier({ classNames: ['a'] }))).toContain('did you mean "labels"?');
    expect(await refusal(() => classifier({ labels: 'labels.txt' }))).toContain(
      'labels of a classification model is an array',
    );
    expect(await refusal(() => classifier({ device: 'webgpu' }))).toContain('did you mean "backend"?');
    expect(await refusal(() => createDetector(scores(), { ...cpu, minScore: 0.5 } as never))).toContain(
      'a detection model has no option "minScore"',
    );
  });

  it('take preprocessing by its names', async () => {
    expect(await refusal(() => classifier({ preprocessing: { normalise: true } }))).toContain(
      'preprocessing has no option "normalise"',
    );
    expect(await refusal(() => classifier({ preprocessing: { layout: 'NHWC' } }))).toContain('did you mean "nhwc"?');
    const usual: Preprocessing = guessPreprocessing({ name: 'image', shape: [1, 4, 4, 3] } as never);
    const check = (over: object): Promise<string> => refusal(() => checkPreprocessing({ ...usual, ...over }));
    expect(await check({ meen: [1, 2, 3] })).toMatch(/^preprocessing has no meen. It has width, height/);
    expect(await check({ resize: { method: 'bilinear', aligned: true } })).toMatch(/^resize has no aligned/);
    expect(await check({ resize: { method: 'bicubic' } })).toMatch(
      /^resize has the method bicubic. It is one of bilinear/,
    );
    expect(await check({ std: [1, 1] })).toMatch(/has the std 1,1/);
    expect(await check({ mean: [1, 2, NaN] })).toMatch(/has the mean 1,2,NaN/);
    expect(await check({ std: [1, 0, 1] })).toMatch(/std \[1, 0, 1\] must not be 0/);
    for (const padding of [0, [1, 2], ['a', 1, 2], [NaN, 1, 2]]) {
      expect(await check({ padding })).toMatch(/has the padding/);
    }
    expect(await refusal(() => classifier({ preprocessing: { mean: ['1', '2', '3'] } }))).toBe(
      'the option mean of preprocessing is three numbers, and an array was given',
    );
    using model = await classifier({ preprocessing: { mean: undefined } });
    expect(model.preprocessing.mean).toEqual([0, 0, 0]);
    checkPreprocessing(usual);
  });

  it('need a model, or mean the one that the catalogue has for the task', async () => {
    expect(await refusal(() => createClassifier(null as never, cpu))).toMatch(
      /^no model was given. Pass a URL, .* name/,
    );
    expect(await refusal(() => Session.create(null as never, cpu))).toMatch(/^no model was given. Pass a URL/);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    try {
      for (const [create, file] of [
        [createClassifier, 'mobilenet_v2_1.0_224_quant.tflite'],
        [createDetector, 'centernet.json'],
      ] as const) {
        const offline: unknown = await create(undefined, cpu).catch((error: unknown) => error);
        expect(offline).toBeInstanceOf(LoadError);
        expect(String(offline)).toContain(`/${file} cannot be fetched`);
      }
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
