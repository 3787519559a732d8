/** Weights that lie in a file of their own: beside the network under its name, named, or picked together with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { createClassifier, quantize, Session as NodeSession } from '../../src/node/index.ts';
import type { ModelSource, WeightsSource } from '../../src/session/model-source.ts';
import type { LoadProgress } from '../../src/session/progress.ts';
import { Session } from '../../src/session/session.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';

const text = (lines: readonly string[]): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${lines.join('\n')}\n`);

/** Two sums of three numbers, and what is added to them. */
const NETWORK = text(['7767517', '2 2', 'Input x 0 1 x 0=3', 'InnerProduct fc 1 1 x y 0=2 1=1 2=6']);

/** Its file of weights: what says that they are floats, then the sums' and what is added. */
function weightsOf(...numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.of(0, ...numbers).buffer);
}

const USUAL = weightsOf(1, 0, 0, 0, 1, 0, 0.5, 0);
const OTHER = weightsOf(0, 0, 2, 1, 1, 1, 0, -1);

/** What the network gives of 1, 2, 3 with each. */
const ANSWERS = { usual: [1.5, 2], other: [6, 5] } as const;

let folder = '';
let server: FileServer;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-weights-'));
  mkdirSync(at('alone'));
  const files = { 'net.param': NETWORK, 'net.bin': USUAL, 'other.weights': OTHER, 'alone/net.param': NETWORK };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  server = await serveFiles({
    'net.param': NETWORK,
    'net.bin': USUAL,
    'm/other.bin': OTHER,
    'alone/net.param': NETWORK,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answerOf(session: Session): Promise<readonly number[]> {
  const [input] = session.inputs;
  const results = await session.run({ [input?.name ?? '']: { shape: [1, 3], data: [1, 2, 3] } });
  const [y] = Object.values(results);
  session.dispose();
  return [...(y?.data ?? [])];
}

const inPage = async (source: ModelSource, weights?: WeightsSource): Promise<readonly number[]> =>
  answerOf(await Session.create(source, { backend: 'cpu', ...(weights === undefined ? {} : { weights }) }));

const inNode = async (source: ModelSource, weights?: WeightsSource): Promise<readonly number[]> =>
  answerOf(await NodeSession.create(source, { backend: 'cpu', ...(weights === undefined ? {} : { weights }) }));

const file = (name: string, bytes: Uint8Array<ArrayBuffer>): File => new File([bytes], name);

describe('weights', () => {
  it('are read beside the network', async () => {
    expect(await inPage(`${server.url}/net.param`)).toEqual(ANSWERS.usual);
    expect(await inNode(at('net.param'))).toEqual(ANSWERS.usual);
    expect(await inNode(pathToFileURL(at('net.param')).href)).toEqual(ANSWERS.usual);
  });

  it('are those among the files that were picked, whatever their order', async () => {
    const [network, weights] = [file('net.param', NETWORK), file('net.bin', USUAL)];
    expect(await inPage([network, weights])).toEqual(ANSWERS.usual);
    expect(await inPage([weights, network])).toEqual(ANSWERS.usual);
    expect(await inPage([file('a.txt', text(['notes'])), weights, network])).toEqual(ANSWERS.usual);
  });

  it('may be named: as bytes, a Blob, an address, in Node a path', async () => {
    for (const source of [NETWORK, [file('net.param', NETWORK), file('net.bin', USUAL)], `${server.url}/net.param`]) {
      expect(await inPage(source, OTHER)).toEqual(ANSWERS.other);
      expect(await inPage(source, OTHER.buffer)).toEqual(ANSWERS.other);
      expect(await inPage(source, file('o.bin', OTHER))).toEqual(ANSWERS.other);
      expect(await inPage(source, new URL('m/other.bin', `${server.url}/`))).toEqual(ANSWERS.other);
    }
    for (const weights of [at('other.weights'), pathToFileURL(at('other.weights')), `${server.url}/m/other.bin`]) {
      expect(await inNode(at('net.param'), weights)).toEqual(ANSWERS.other);
      expect(await inNode(NETWORK, weights)).toEqual(ANSWERS.other);
    }
  });

  it('are counted while they load', async () => {
    const told: LoadProgress[] = [];
    const onProgress = (step: LoadProgress): number => told.push(step);
    const weights = `${server.url}/m/other.bin`;
    const session = await Session.create(`${server.url}/net.param`, { backend: 'cpu', weights, onProgress });
    expect(await answerOf(session)).toEqual(ANSWERS.other);
    expect(told.map(({ stage }) => stage)).toContain('ready');
  });

  it('that are missing are named, with how to name others', async () => {
    const missing = [
      () => inPage(`${server.url}/alone/net.param`),
      () => inPage([file('net.param', NETWORK), file('o.bin', USUAL)]),
      () => inPage(file('net.param', NETWORK)),
      () => inNode(at('alone/net.param')),
    ];
    for (const load of missing) {
      const loading = load();
      await expect(loading).rejects.toThrow(LoadError);
      await expect(loading).rejects.toThrow(/net\.bin.*--weights/);
    }
    await expect(inNode(at('net.param'), at('none.bin'))).rejects.toThrow(/no such file/);
    await expect(inPage(`${server.url}/net.param`, `${server.url}/none.bin`)).rejects.toThrow('none.bin answered 404');
    await expect(inPage(NETWORK, 5 as unknown as WeightsSource)).rejects.toThrow(InputError);
  });

  it('are refused where another format, or a graph, has its own', async () => {
    await expect(inPage(tinyClassifier(1), OTHER)).rejects.toThrow(
      'weights are for files of Caffe and ncnn, this is onnx',
    );
    const classifier = createClassifier(tinyClassifier(1), { backend: 'cpu', weights: at('other.weights') });
    await expect(classifier).rejects.toThrow(InputError);
    const calibrate = [{ x: { shape: [1, 3], data: [1, 2, 3] } }, { x: { shape: [1, 3], data: [3, 2, 1] } }];
    const quantised = await quantize(at('net.param'), { backend: 'cpu', calibrate, weights: at('other.weights') });
    expect(await inPage(quantised.model)).toEqual([expect.closeTo(6, 0), expect.closeTo(5, 0)]);
  });

  it('are an option of commands', async () => {
    writeFileSync(at('x.bin'), new Uint8Array(Float32Array.of(1, 2, 3).buffer));
    const named = await inProcess(
      'run',
      at('net.param'),
      '--input',
      at('x.bin'),
      '--backend',
      'cpu',
      '--json',
      '--weights',
      at('other.weights'),
    );
    expect(named.stderr).toBe('');
    expect(JSON.parse(named.stdout)).toMatchObject({ outputs: [{ first: ANSWERS.other }] });
    const missing = await inProcess('inspect', at('alone/net.param'));
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/net\.bin.*--weights/) });
  });
});
