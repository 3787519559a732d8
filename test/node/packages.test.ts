/** Optional packages: what is said of those that are missing, where none is installed and where all are. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { howToInstall, installedPackage } from '../../src/node/packages.ts';

it('names one package where the others are there', () => {
  expect(installedPackage('sharp')?.version).toMatch(/^\d+\.\d+/);
  expect(installedPackage('@tilewise/absent')).toBeUndefined();
  expect(howToInstall('webgpu')).toBe('Install it: npm install webgpu');
});

it('names all that are missing at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-packages-'));
  try {
    for (const file of ['packages.ts', 'adapter-drivers.ts', 'home.ts'])
      cpSync(join(import.meta.dirname, '../../src/node', file), join(folder, file));
    mkdirSync(join(folder, 'node_modules/sharp'), { recursive: true });
    writeFileSync(
      join(folder, 'ask.ts'),
      "import { howToInstall } from './packages.ts'; console.log(howToInstall('webgpu'));",
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const ask = (): string =>
      execFileSync(process.execPath, ['--import', tsx, 'ask.ts'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NODE_PATH: '', HOME: folder },
      }).trim();
    expect(ask()).toMatch(/^Install it: npm install webgpu sharp.*Missing, too, are sharp for picture files/);
    writeFileSync(join(folder, 'node_modules/sharp/package.json'), '{ "version": "1.0.0" }');
    expect(ask()).not.toContain('sharp');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
