/** Vulkan drivers already on a Linux system: installed manifests, and SwiftShader beside a Chromium. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { homeFolder } from './home.ts';

/** A software Vulkan driver and how it is named to the user. */
export interface SoftwareDriver {
  readonly kind: 'lavapipe' | 'swiftshader';
  /** Absolute path of the ICD manifest. */
  readonly manifest: string;
  /** Where it came from, for people: `installed driver /usr/share/…` or `Chromium at /usr/lib/chromium`. */
  readonly source: string;
  /** A Vulkan loader shipped with the driver, for systems without one. */
  readonly loader?: string | undefined;
}

/** Browsers that package managers install; SwiftShader lies beside the real executable. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const BROWSER_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
];

/** Paths of all ICD manifests in the folders the Vulkan loader searches. */
export function installedManifests(): string[] {
  const dataFolders = [
    process.env['XDG_DATA_HOME'] ?? join(homeFolder(), '.local/share'),
    ...(process.env['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':'),
    '/usr/local/share',
    '/usr/share',
    '/etc',
    '/usr/local/etc',
  ];
  const folders = new Set(dataFolders.filter((d) => d.startsWith('/')).map((d) => join(d, 'vulkan/icd.d')));
  return [...folders].flatMap((folder) =>
    list(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(folder, file)),
  );
}

/** Software drivers on this system: lavapipe first, it is the faster one. */
export function installedSoftwareDrivers(): SoftwareDriver[] {
  const found = installedManifests().flatMap((manifest): SoftwareDriver[] => {
    const kind = softwareKind(manifest);
    return kind ? [{ kind, manifest, source: `installed driver ${manifest}` }] : [];
  });
  found.sort((a, b) => Number(a.kind === 'swiftshader') - Number(b.kind === 'swiftshader'));
  return [...found, ...browserFolders().flatMap(swiftShaderIn)];
}

/** SwiftShader in a folder that holds its library and manifest, as every Chromium's does. */
export function swiftShaderIn(folder: string): SoftwareDriver[] {
  const manifest = join(folder, 'vk_swiftshader_icd.json');
  const loader = join(folder, 'libvulkan.so.1');
  if (!existsSync(manifest) || !existsSync(join(folder, 'libvk_swiftshader.so'))) return [];
  const source = `Chromium at ${folder}`;
  return [{ kind: 'swiftshader', manifest, source, loader: existsSync(loader) ? loader : undefined }];
}

function softwareKind(manifest: string): SoftwareDriver['kind'] | undefined {
  let text: string;
  try {
    text = readFileSync(manifest, 'utf8');
  } catch {
    return undefined; // An unreadable manifest is no driver for the loader either.
  }
  if (/libvulkan_lvp|lavapipe/.test(text)) return 'lavapipe';
  return text.includes('libvk_swiftshader') ? 'swiftshader' : undefined;
}

function browserFolders(): string[] {
  const named = [process.env['CHROME_PATH'], process.env['PUPPETEER_EXECUTABLE_PATH']];
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => BROWSERS.map((name) => join(dir, name)));
  const folders = [...named, ...onPath].flatMap((file) => (file ? realFolder(file) : []));
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homeFolder(), '.cache');
  const puppeteer = join(process.env['PUPPETEER_CACHE_DIR'] ?? join(cache, 'puppeteer'), 'chrome');
  const playwright = join(cache, 'ms-playwright');
  return [
    ...new Set([
      ...folders,
      ...BROWSER_FOLDERS,
      ...list(puppeteer).map((version) => join(puppeteer, version, 'chrome-linux64')),
      ...list(playwright).map((version) => join(playwright, version, 'chrome-linux')),
    ]),
  ];
}

function realFolder(executable: string): string[] {
  try {
    return [dirname(realpathSync(executable))];
  } catch {
    return [];
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
