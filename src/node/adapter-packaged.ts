/**
 * SwiftShader from npm: `@sparticuz/chromium` carries it, with a Vulkan loader, as a brotli-compressed tar archive.
 * It is unpacked once into the cache folder; a damaged copy is noticed by its checksums and unpacked again.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { DeviceError } from '../core/errors.ts';
import { swiftShaderIn, type SoftwareDriver } from './adapter-drivers.ts';
import { cachedPath, cacheFolder, temporaryName } from './cache.ts';
import { installedPackage, type InstalledPackage } from './packages.ts';

const PACKAGE = '@sparticuz/chromium';
/** The files of the archive that are needed; the rest is OpenGL. */
const WANTED: readonly string[] = ['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json'];
/** SHA-256 of `bin/swiftshader.tar.br` in versions that were checked by hand. npm's own integrity check covers the others. */
const KNOWN_ARCHIVES: Readonly<Record<string, string>> = {
  '147.0.0': 'f957ea867313f9815b71dc2ed30cce301e01db4f3973fbdb31ffa5391b0ec45a',
};
const CHECKSUMS = 'checksums.json';

interface Package extends InstalledPackage {
  readonly require: NodeJS.Require;
}

interface TarFs {
  extract(folder: string, options: { ignore: (path: string) => boolean }): NodeJS.WritableStream;
}

let unpacking: Promise<SoftwareDriver> | undefined;

/**
 * The packaged SwiftShader, unpacked on first use. Safe when several processes do this at once.
 * Throws DeviceError `NO_DEVICE` when the package is not installed or its archive is damaged.
 */
export function packagedDriver(): Promise<SoftwareDriver> {
  unpacking ??= unpack().catch((error: unknown) => {
    unpacking = undefined; // A later call may find the package installed meanwhile.
    throw error;
  });
  return unpacking;
}

async function unpack(): Promise<SoftwareDriver> {
  const found = findPackage();
  const archive = await readArchive(found);
  const name = `swiftshader-${found.version}-${sha256(archive).slice(0, 12)}`;
  let target = cachedPath(name);
  if (target === undefined || !(await intact(target))) {
    target = join(cacheFolder(), name);
    await replace(target, (folder) => extract(found, archive, folder));
  }
  const [driver] = swiftShaderIn(target);
  if (!driver) throw new DeviceError('NO_DEVICE', `${PACKAGE} ${found.version} was unpacked but holds no SwiftShader`);
  return { ...driver, source: `packaged (npm ${PACKAGE} ${found.version})` };
}

function findPackage(): Package {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new DeviceError(
      'NO_DEVICE',
      `${PACKAGE} serves Linux on x64 only, this is ${process.platform}-${process.arch}`,
    );
  }
  const found = installedPackage(PACKAGE);
  if (found) return { ...found, require: createRequire(join(found.folder, 'package.json')) };
  throw new DeviceError('NO_DEVICE', `the package ${PACKAGE} is not installed`);
}

async function readArchive(found: Package): Promise<Uint8Array> {
  const file = join(found.folder, 'bin', 'swiftshader.tar.br');
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new DeviceError('NO_DEVICE', `${PACKAGE} ${found.version} has no SwiftShader archive`, { file, cause });
  });
  const known = KNOWN_ARCHIVES[found.version];
  if (known !== undefined && known !== sha256(bytes)) {
    throw new DeviceError('NO_DEVICE', `its SHA-256 is ${sha256(bytes)}, expected ${known}`, {
      file,
      hint: `The installed package is damaged; reinstall it: npm install ${PACKAGE}@${found.version} --force`,
    });
  }
  return bytes;
}

async function extract(found: Package, archive: Uint8Array, folder: string): Promise<void> {
  // The package's own dependency, resolved from there, so that archive and reader belong together.
  const tar = found.require('tar-fs') as TarFs;
  const ignore = (path: string): boolean => path !== folder && !WANTED.includes(path.slice(folder.length + 1));
  try {
    await pipeline(Readable.from([archive]), createBrotliDecompress(), tar.extract(folder, { ignore }));
  } catch (cause) {
    throw new DeviceError('NO_DEVICE', `the SwiftShader archive of ${PACKAGE} ${found.version} cannot be unpacked`, {
      cause,
    });
  }
  await writeFile(join(folder, CHECKSUMS), JSON.stringify(await checksums(folder), null, 2));
}

/** Fills a fresh folder and moves it into place. When another process was faster and its copy is intact, that one stays. */
async function replace(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const fresh = await mkdtemp(`${target}.`);
  try {
    await fill(fresh);
    try {
      await rename(fresh, target);
    } catch {
      if (await intact(target)) return;
      const damaged = temporaryName(target);
      await rename(target, damaged);
      await rename(fresh, target);
      await rm(damaged, { recursive: true, force: true });
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** True when every wanted file is there with the checksum recorded when it was unpacked. */
async function intact(folder: string): Promise<boolean> {
  try {
    const recorded: unknown = JSON.parse(await readFile(join(folder, CHECKSUMS), 'utf8'));
    return JSON.stringify(recorded) === JSON.stringify(await checksums(folder));
  } catch {
    return false; // Missing or unreadable: it is unpacked again.
  }
}

async function checksums(folder: string): Promise<Record<string, string>> {
  const present = new Set(await readdir(folder));
  const entries = WANTED.map(
    async (name) => [name, present.has(name) ? sha256(await readFile(join(folder, name))) : 'missing'] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
