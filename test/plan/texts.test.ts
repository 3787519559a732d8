/**
 * Kernel texts and plans are what they were: a change of either must be meant. The hashes of test/plan/texts say what every
 * operator case and every network gives on five devices; `TILEWISE_WRITE_TEXTS=1` writes them anew, `TILEWISE_DUMP=FOLDER`
 * writes the texts themselves, to be compared with those of another commit.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { caseTables } from '../helpers/case-tables.ts';
import { FULL } from '../helpers/full.ts';
import { caseTexts, networkTexts, PLAN_PROFILES } from '../helpers/plan-texts.ts';
import { at } from '../../src/util/arrays.ts';
import { builtNetworks, publishedNetworks } from './networks.ts';

const WRITE = process.env['TILEWISE_WRITE_TEXTS'] === '1';
const DUMP = process.env['TILEWISE_DUMP'];
/** Every device for every case and network, instead of one in turn for a fifth of the cases and a sixteenth of the networks. */
const ALL = WRITE || DUMP !== undefined || FULL;

const devices = Object.keys(PLAN_PROFILES);

/** A committed list: a line for every name, with a hash for every device. */
class HashList {
  readonly #path: string;
  readonly #known: ReadonlyMap<string, readonly string[]>;
  readonly #made = new Map<string, string[]>();

  constructor(file: string) {
    this.#path = join(import.meta.dirname, 'texts', file);
    this.#known = new Map(WRITE ? [] : readLines(this.#path));
  }

  /** Checks, or notes, what a name gives on one device. */
  check(name: string, device: string, texts: readonly string[]): void {
    const hash = createHash('sha256').update(texts.join('\n\n')).digest('hex').slice(0, 10);
    if (DUMP !== undefined) dump(DUMP, `${device} ${name}`, texts);
    const made = this.#made.get(name) ?? devices.map(() => '-');
    made[devices.indexOf(device)] = hash;
    this.#made.set(name, made);
    if (!WRITE) expect(hash, `${name} on ${device}`).toBe(this.#known.get(name)?.[devices.indexOf(device)]);
  }

  get names(): readonly string[] {
    return [...this.#known.keys()];
  }

  write(): void {
    const lines = [...this.#made].map(([name, hashes]) => `${hashes.join(' ')} ${name}`);
    if (WRITE) writeFileSync(this.#path, [`# ${devices.join(' ')}`, ...lines, ''].join('\n'));
  }
}

function readLines(path: string): [string, string[]][] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const words = line.split(' ');
      return [words.slice(devices.length).join(' '), words.slice(0, devices.length)];
    });
}

function dump(folder: string, name: string, texts: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, name.replace(/[^\w.-]+/g, '_').slice(0, 200)), texts.join('\n\n'));
}

/** The devices of an item, of which the short run takes one of `every`. */
function inTurn(index: number, every: number): readonly string[] {
  if (ALL) return devices;
  return index % every === 0 ? [at(devices, (index / every) % devices.length)] : [];
}

function profileOf(device: string): (typeof PLAN_PROFILES)[string] {
  const profile = PLAN_PROFILES[device];
  if (!profile) throw new Error(`no device is called ${device}`);
  return profile;
}

describe('operator cases', async () => {
  const list = new HashList('cases.txt');
  const seen = new Set<string>();
  afterAll(() => list.write());

  it.each(await caseTables())('$name', ({ name, cases }) => {
    const table = name.replace(/^.*: /, '');
    // Tables of volumes are for the CPU: their kernels refuse three spatial dimensions.
    if (table.endsWith('3dCases')) return;
    cases.forEach((c, i) => {
      const key = `${table} ${i}: ${c.name}`;
      seen.add(key);
      for (const device of inTurn(i, 5)) list.check(key, device, caseTexts(c, profileOf(device)));
    });
  });

  it('are all listed, and nothing else', () => {
    if (!WRITE) expect(list.names.filter((name) => !seen.has(name))).toEqual([]);
  });
});

describe('networks', () => {
  const list = new HashList('networks.txt');
  afterAll(() => list.write());

  const networks = [...builtNetworks(), ...publishedNetworks()].map(([name, compiled], i) => ({ name, compiled, i }));
  it.each(networks.filter(({ i }) => ALL || i % 16 === 0))('$name', async ({ name, compiled, i }) => {
    const graph = await compiled();
    for (const device of inTurn(i, 16)) list.check(name, device, networkTexts(graph, profileOf(device)));
  });
});
