/**
 * Finds a WebGPU adapter outside a page, without set-up: the runtime's own (Deno), else through Dawn a real driver, an
 * installed software Vulkan driver, or the SwiftShader that npm packages. `TILEWISE_ADAPTER` or the `adapter` option
 * overrides the order.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DeviceError, InputError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { canChooseDriver, loadDawn, loadVulkanLoader, requestFrom, type DawnAdapter } from './adapter-dawn.ts';
import { installedManifests, installedSoftwareDrivers, type SoftwareDriver } from './adapter-drivers.ts';
import { packagedDriver } from './adapter-packaged.ts';
import { restWhilePending } from './adapter-pause.ts';
import { installedPackage } from './packages.ts';

/** Which adapter was taken and where its driver came from. */
export interface AdapterDescription {
  readonly kind: 'hardware' | 'lavapipe' | 'swiftshader' | 'software';
  /** The driver's own name, for example `SwiftShader driver 5.0.0`. */
  readonly name: string;
  /** `the runtime's own WebGPU`, `system driver`, `installed driver PATH`, `Chromium at PATH`, `packaged (npm @sparticuz/chromium VERSION)` or `driver file PATH`. */
  readonly source: string;
}

/** An open GPU. A device made of `adapter` keeps the process alive until `device.destroy()`. */
export interface OpenedGpu {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly description: AdapterDescription;
  /** What was tried before, one line each, with what came of it. */
  readonly tried: readonly string[];
}

/** Options of `openGpu`. */
export interface OpenGpuOptions {
  /**
   * `auto` (default), `hardware`, `lavapipe`, `swiftshader`, `packaged`, or the path of a Vulkan ICD manifest (`.json`).
   * Without it the environment variable TILEWISE_ADAPTER decides.
   */
  readonly adapter?: string | undefined;
}

type Choice = 'auto' | 'hardware' | 'lavapipe' | 'swiftshader' | 'packaged';
const CHOICES: readonly Choice[] = ['auto', 'hardware', 'lavapipe', 'swiftshader', 'packaged'];

interface Search {
  readonly dawn: Awaited<ReturnType<typeof loadDawn>>;
  readonly tried: string[];
}

type Found = Omit<OpenedGpu, 'tried'>;

/**
 * Opens a GPU for this process. Nothing has to be installed beyond the npm packages, and no environment variable set.
 * Throws DeviceError `NO_DEVICE` listing what was tried and what to install; InputError for an unknown choice.
 * In a Worker thread only drivers that the environment of the process shows are found.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<OpenedGpu> {
  const { adapter } = await checkOptions<OpenGpuOptions>('openGpu', options, { adapter: 'text' });
  const wanted = adapter ?? (process.env['TILEWISE_ADAPTER'] || 'auto');
  const choice = CHOICES.find((c) => c === wanted);
  if (choice === undefined && !wanted.endsWith('.json')) {
    throw new InputError(`unknown adapter "${wanted}"`, {
      hint: `Use one of ${CHOICES.join(', ')}, or the path of a Vulkan driver manifest (.json)`,
    });
  }
  const own = choice === 'auto' ? await fromRuntime() : undefined;
  if (own) return own;
  const search: Search = { dawn: await loadDawn(), tried: [] };
  const found = choice === undefined ? await fromFile(search, resolve(wanted)) : await find(search, choice);
  if (found) {
    if (found.description.kind !== 'hardware') restWhilePending(search.dawn.globals);
    return { ...found, tried: search.tried };
  }
  throw new DeviceError('NO_DEVICE', `no usable WebGPU adapter (asked for: ${wanted}). Tried`, {
    lines: search.tried.map((line) => `  - ${line}`),
    hint: installHint(wanted),
  });
}

/**
 * What a runtime with a WebGPU of its own offers: Deno, with `--unstable-webgpu`. In Node whatever is called `navigator.gpu` was put
 * there by somebody, who may well have it from here. Throws DeviceError NO_DEVICE where it has no adapter and there is no Dawn.
 */
async function fromRuntime(): Promise<OpenedGpu | undefined> {
  if (!('Deno' in globalThis)) return undefined;
  const { gpu } = navigator as Partial<Navigator>;
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (gpu && adapter) return { ...describe({ gpu, adapter }, "the runtime's own WebGPU"), tried: [] };
  if (installedPackage('webgpu')) return undefined;
  throw new DeviceError('NO_DEVICE', gpu ? 'Deno finds no WebGPU adapter' : 'WebGPU is switched off in Deno', {
    hint: gpu
      ? 'Install a Vulkan driver: mesa-vulkan-drivers of Debian and Ubuntu has one that needs no GPU'
      : 'Start it with --unstable-webgpu',
  });
}

async function find(search: Search, choice: Choice): Promise<Found | undefined> {
  if (choice === 'auto' || choice === 'hardware') {
    const system = await fromSystem(search, choice === 'hardware');
    if (system || choice === 'hardware') return system;
  }
  if (!canChooseDriver()) {
    search.tried.push(
      process.platform === 'linux'
        ? 'software drivers: a Worker thread cannot choose one (set VK_DRIVER_FILES to its manifest before Node starts)'
        : `software drivers: only on Linux, this is ${process.platform}`,
    );
    return undefined;
  }
  if (choice !== 'packaged') {
    const installed = installedSoftwareDrivers().filter((d) => choice === 'auto' || d.kind === choice);
    if (installed.length === 0) search.tried.push(`installed ${choice === 'auto' ? 'software driver' : choice}: none`);
    for (const driver of installed) {
      const found = await fromDriver(search, driver);
      if (found) return found;
    }
  }
  return choice === 'lavapipe' ? undefined : fromPackage(search);
}

/** What the system offers by itself. Drivers installed without a Vulkan loader get the packaged loader. */
async function fromSystem(search: Search, hardwareOnly: boolean): Promise<Found | undefined> {
  if (process.platform === 'linux' && installedManifests().length === 0 && !hasOwnDrivers()) {
    search.tried.push('system driver: no Vulkan driver is installed');
    return undefined;
  }
  const opened = (await hasLoader(search)) ? await requestFrom(search.dawn) : null;
  if (!opened) {
    search.tried.push('system driver: none that Dawn accepts');
    return undefined;
  }
  const found = describe(opened, 'system driver');
  if (!hardwareOnly || found.description.kind === 'hardware') return found;
  search.tried.push(`system driver: ${found.description.name} is a software driver`);
  return undefined;
}

/** True when the caller's environment names drivers, wherever they lie. */
function hasOwnDrivers(): boolean {
  return ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'].some((name) => process.env[name]);
}

/** Sees to it that there is a Vulkan loader: the system's, else one shipped with a driver, else the packaged one. */
async function hasLoader(search: Search, shipped?: string): Promise<boolean> {
  if (process.platform !== 'linux' || loadVulkanLoader('libvulkan.so.1')) return true;
  const loader = shipped ?? (await packagedLoader(search));
  return loader !== undefined && loadVulkanLoader(loader);
}

async function packagedLoader(search: Search): Promise<string | undefined> {
  try {
    return (await packagedDriver()).loader;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    search.tried.push(`Vulkan loader for the system driver: ${error.message}`);
    return undefined;
  }
}

async function fromPackage(search: Search): Promise<Found | undefined> {
  try {
    return await fromDriver(search, await packagedDriver());
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    search.tried.push(`packaged SwiftShader: ${error.message}`);
    return undefined;
  }
}

async function fromFile(search: Search, manifest: string): Promise<Found | undefined> {
  if (!existsSync(manifest)) throw new InputError('no such Vulkan driver manifest', { file: manifest });
  if (!canChooseDriver()) {
    search.tried.push(`driver file ${manifest}: driver files are for Linux, on the main thread`);
    return undefined;
  }
  return fromDriver(search, { kind: 'swiftshader', manifest, source: `driver file ${manifest}` });
}

async function fromDriver(search: Search, driver: SoftwareDriver): Promise<Found | undefined> {
  const opened = (await hasLoader(search, driver.loader)) ? await requestFrom(search.dawn, driver.manifest) : null;
  if (opened) return describe(opened, driver.source);
  search.tried.push(`${driver.source}: not accepted by Dawn`);
  return undefined;
}

function describe(opened: DawnAdapter, source: string): Found {
  const { info } = opened.adapter;
  const name =
    [info.description, info.device, info.architecture, info.vendor].find((text) => text !== '') ?? 'unnamed adapter';
  return { ...opened, description: { kind: kindOf(info), name, source } };
}

function kindOf(info: GPUAdapterInfo): AdapterDescription['kind'] {
  const text = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`.toLowerCase();
  if (/llvmpipe|lavapipe/.test(text)) return 'lavapipe';
  if (text.includes('swiftshader')) return 'swiftshader';
  return info.isFallbackAdapter ? 'software' : 'hardware';
}

function installHint(wanted: string): string {
  if (wanted === 'hardware')
    return "Install the GPU vendor's Vulkan driver, or leave TILEWISE_ADAPTER unset to run on a software adapter";
  if (process.platform !== 'linux') return 'Update the graphics driver of this machine';
  return 'Install one of: npm install @sparticuz/chromium (x64, no root needed); a Chromium or Chrome; Mesa 24 or newer (apt install mesa-vulkan-drivers libvulkan1)';
}
