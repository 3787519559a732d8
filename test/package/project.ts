/** Projects that use the packed library, and the answer that each must give. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished } from 'vitest';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { floatPort, node, wave } from '../helpers/onnx-models.ts';

/** A classifier of three things that few would mistake for a real one; LRN is loaded on demand. */
export const MODEL = encodeModel({
  opset: 17,
  inputs: [{ name: 'image', dtype: 'float32', shape: [1, 3, 16, 16] }],
  outputs: [floatPort('scores', 2)],
  initializers: [
    ['w', wave([8, 3, 3, 3])],
    ['b', wave([8])],
    ['dense', wave([8, 3])],
  ],
  nodes: [
    node('Conv', 'image w b', 'conv', { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } }),
    node('Relu', 'conv', 'relu'),
    node('LRN', 'relu', 'lrn', { size: { i: 3 } }),
    node('GlobalAveragePool', 'lrn', 'pool'),
    node('Flatten', 'pool', 'flat'),
    node('Gemm', 'flat dense', 'logits'),
    node('Softmax', 'logits', 'scores'),
  ],
});

/**
 * What every project runs, on a module called `tilewise`: a picture is classified, and some calls fail. It is plain
 * JavaScript, text for whichever tool comes.
 */
export const ANSWER = `
export async function answer(tilewise, model, options = {}) {
  const { createClassifier, nonMaxSuppression, Session, TilewiseError } = tilewise;
  const preprocessing = {
    width: 16, height: 16, fit: 'stretch', resize: { method: 'bilinear' }, mean: [0, 0, 0], std: [255, 255, 255],
    layout: 'nchw', channelOrder: 'rgb', dtype: 'float32',
  };
  const classifier = await createClassifier(model, { labels: ['cup', 'dog', 'kite'], preprocessing, ...options });
  const data = Uint8ClampedArray.from({ length: 32 * 24 * 4 }, (_, at) => (at * 37) % 251);
  const ranked = await classifier.classify({ width: 32, height: 24, data }, { topK: 3 });
  const errors = [];
  const failing = [
    () => Session.create(new Uint8Array([8, 1, 2])),
    () => classifier.classify(7),
    () => nonMaxSuppression([], { iou: 2, max: 1 }),
  ];
  for (const call of failing) {
    try {
      await call();
      errors.push('none');
    } catch (error) {
      errors.push([error.name, error.code, error instanceof TilewiseError].join(' '));
    }
  }
  classifier.dispose();
  return JSON.stringify({ ranked: ranked.map(({ label, score }) => [label, score]), errors });
}
`;

/** Runs `answer` in a page, and shows what comes of it. */
export const SHOW = `
export async function show(asked) {
  const text = await asked().catch((error) => String(error && error.stack || error));
  document.querySelector('#answer').textContent = text;
}
`;

export const PAGE = (head: string): string =>
  `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">${head}</head><body><p id="answer">…</p></body></html>`;

/** What the CPU reference finds, of the sources. */
async function expected(): Promise<[label: string, score: number][]> {
  const text = ANSWER.replace('export ', '');
  const answer = new Function(`${text}; return answer;`)() as (
    module: unknown,
    model: Uint8Array,
    options: object,
  ) => Promise<string>;
  const sources = await import('../../src/index.ts');
  const { ranked } = JSON.parse(await answer(sources, MODEL, { backend: 'cpu' })) as { ranked: [string, number][] };
  return ranked;
}

/** Checks what a project answers: labels and scores against the CPU reference, names and codes of errors. */
export async function expectAnswer(text: string): Promise<void> {
  expect(text).toMatch(/^\s*\{/);
  const { ranked, errors } = JSON.parse(text) as { ranked: [label: string, score: number][]; errors: string[] };
  const wanted = await expected();
  expect(ranked.map(([label]) => label)).toEqual(wanted.map(([label]) => label));
  // Sums of a few products in float32, in another order.
  ranked.forEach(([, score], at) => expect(Math.abs(score - (wanted[at]?.[1] ?? NaN))).toBeLessThan(1e-5));
  expect(errors).toEqual([
    'ImportError IMPORT_FAILED true',
    'InputError INPUT_INVALID true',
    'InputError INPUT_INVALID true',
  ]);
}

/** A fresh project with files, the library, and, where given, a folder of tools around it; removed after the test. */
export function makeProject(files: Readonly<Record<string, string | Uint8Array>>, tools = tmpdir()): string {
  const folder = mkdtempSync(join(tools, 'project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  cpSync(inject('installed'), join(folder, 'node_modules'), { recursive: true });
  return folder;
}

/** Runs a command in a folder; rejects with what it says when it fails. */
export async function run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  try {
    const env = { ...process.env, NODE_ENV: undefined, VITEST: undefined };
    return (await promisify(execFile)(command, [...args], { cwd, env })).stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause });
  }
}
