/** What may be handed over as a model, and what is said of the rest. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { Session } from '../../src/session/session.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { toModelFiles, type ModelSource } from '../../src/session/model-source.ts';

const bytes = new Uint8Array([1, 2, 3]);

describe('toModelFiles', () => {
  it.each<[string, ModelSource, string]>([
    ['bytes', bytes, 'model'],
    ['an ArrayBuffer', bytes.buffer, 'model'],
    ['a Blob', new Blob([bytes]), 'model'],
    ['a File', new File([bytes], 'net.onnx'), 'net.onnx'],
    ['Files', [new File([bytes], 'net.json'), new File([], 'shard.bin')], 'net.json'],
    ['a data URL', `data:application/octet-stream;base64,AQID`, 'octet-stream;base64,AQID'],
  ])('takes %s', async (_, source, name) => {
    expect((await toModelFiles(source)).main).toEqual({ name, bytes });
  });

  it('takes a FileList, which is no array, and finds companion files by name', async () => {
    const list = new Set([new File([], 'model.json'), new File([bytes], 'shard.bin')]);
    const files = await toModelFiles(list as unknown as ModelSource);
    expect(files.main.name).toBe('model.json');
    expect(await files.read('weights/shard.bin')).toEqual(bytes);
    await expect(files.read('other.bin')).rejects.toThrow(/"other.bin" is not among the given files/);
  });

  it('takes for the main one of several files, in any order, what a format recognises', async () => {
    const network = new File([new Uint8Array(tinyClassifier(1))], 'net.onnx');
    const data = new File([bytes], 'net.bin');
    for (const list of [
      [network, data],
      [data, network],
    ]) {
      const files = await toModelFiles(list);
      expect(files.main.name).toBe('net.onnx');
      expect(await files.read('net.bin')).toEqual(bytes);
      await expect(files.read('other.bin')).rejects.toThrow('"other.bin" is not among the given files: net.bin were');
    }
    const alone = await toModelFiles([network]);
    await expect(alone.read('net.bin')).rejects.toThrow('only its main file was');
  });

  it.each([undefined, null, 0, true, Symbol('s'), [], [1], [null], [new Blob(['x']), 'y'], new Map(), {}])(
    'refuses %o',
    async (source) => {
      await expect(toModelFiles(source as unknown as ModelSource)).rejects.toBeInstanceOf(InputError);
      const created = Session.create(source as unknown as ModelSource, null as unknown as { backend: 'cpu' });
      await expect(created).rejects.toBeInstanceOf(InputError);
    },
  );

  it('is run on nothing, or on a list', async () => {
    const session = await Session.create(tinyClassifier(1), { backend: 'cpu' });
    for (const feeds of [null, undefined, 5, [1]]) {
      await expect(session.run(feeds as unknown as Record<string, never>)).rejects.toBeInstanceOf(InputError);
    }
    session.dispose();
  });

  it('begins nothing that nobody would wait for', async () => {
    let begun = false;
    const source = (): Promise<never> => ((begun = true), Promise.reject(new LoadError('none')));
    const options = { backend: 'cpu', signal: 5 as unknown as AbortSignal } as const;
    await expect(Session.create(source, options)).rejects.toThrow();
    expect(begun).toBe(false);
  });

  it('refuses what is none', async () => {
    await expect(toModelFiles([])).rejects.toBeInstanceOf(InputError);
    await expect(toModelFiles({} as ModelSource)).rejects.toThrow(/what was given is no model/);
    await expect(toModelFiles('net.onnx')).rejects.toThrow(/"net.onnx" is no absolute URL.*tilewise\/node reads files/);
    await expect(toModelFiles('net.onnx')).rejects.toBeInstanceOf(LoadError);
  });

  it('says so when a server refuses, or breaks off', async () => {
    const server = createServer((request, response) => {
      if (request.url !== '/cut.onnx') return response.writeHead(404, 'Not Found').end();
      response.writeHead(200, { 'content-length': '100' });
      return response.write('start', () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(toModelFiles(`${base}/none.onnx`)).rejects.toThrow(/none\.onnx answered 404 Not Found/);
    await expect(toModelFiles(`${base}/cut.onnx`)).rejects.toThrow(LoadError);
    server.close();
  });
});
