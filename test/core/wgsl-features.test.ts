/** What WGSL can do: as the navigator says it, else as the implementation that was opened does; old browsers say nothing. */
import { afterEach, expect, it, vi } from 'vitest';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import { noteWgslFeatures, wgslFeatures } from '../../src/core/wgsl-features.ts';

const gpu = (...names: string[]): GPU => ({ wgslLanguageFeatures: new Set(names) }) as Partial<GPU> as GPU;

afterEach(() => {
  vi.unstubAllGlobals();
  noteWgslFeatures(gpu());
});

it.each<[string, unknown, string[]]>([
  ['no navigator', undefined, []],
  ['no WebGPU', {}, []],
  ['a browser that says nothing of it', { gpu: {} }, []],
  [
    'a browser without the function',
    { gpu: gpu('unrestricted_pointer_parameters') },
    ['unrestricted_pointer_parameters'],
  ],
  ['one with it', { gpu: gpu(PACKED_DOT) }, [PACKED_DOT]],
])('%s', (_, navigator, features) => {
  vi.stubGlobal('navigator', navigator);
  expect([...wgslFeatures()]).toEqual(features);
});

it('an implementation of its own counts where the navigator says nothing', () => {
  noteWgslFeatures(gpu(PACKED_DOT));
  vi.stubGlobal('navigator', {});
  expect([...wgslFeatures()]).toEqual([PACKED_DOT]);
  vi.stubGlobal('navigator', { gpu: gpu() });
  expect([...wgslFeatures()]).toEqual([]);
});
