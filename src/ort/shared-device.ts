/** The one device that the sessions of `tilewise/ort` share: the page's own, or one that is opened when it is first needed. */
import { DeviceError } from '../core/errors.ts';
import { adapterName, classOf } from '../runtime/webgpu/device.ts';

/** Opens a device. With `isHardware` it rejects with DeviceError NO_DEVICE where there is only an adapter that is a program. */
export type OpenShared = (isHardware: boolean) => Promise<GPUDevice>;

/** Opens it once, and again after it was lost. */
export class SharedDevice {
  readonly #open: OpenShared;
  #shared: Promise<GPUDevice> | undefined;
  /** On its way, and perhaps in vain. */
  #hardware: Promise<GPUDevice> | undefined;
  #isGiven = false;

  constructor(open: OpenShared) {
    this.#open = open;
  }

  /** True where the page gave it. */
  get isGiven(): boolean {
    return this.#isGiven;
  }

  give(device: GPUDevice): void {
    this.#shared = Promise.resolve(device);
    this.#isGiven = true;
  }

  /** The device, whatever its adapter. */
  get(): Promise<GPUDevice> {
    return this.#shared ?? this.#keep(this.#hardware?.catch(() => this.#open(false)) ?? this.#open(false));
  }

  /** The device if it is hardware. Rejects with DeviceError NO_DEVICE where it is a program. */
  async getHardware(): Promise<GPUDevice> {
    if (!this.#shared) await (this.#hardware ??= this.#openHardware());
    const device = await this.get();
    if (classOf(device.adapterInfo) !== 'software') return device;
    throw new DeviceError('NO_DEVICE', `the adapter "${adapterName(device.adapterInfo)}" is a program`);
  }

  async #openHardware(): Promise<GPUDevice> {
    try {
      const device = await this.#open(true);
      if (!this.#shared) void this.#keep(Promise.resolve(device));
      return device;
    } finally {
      this.#hardware = undefined;
    }
  }

  #keep(opening: Promise<GPUDevice>): Promise<GPUDevice> {
    const forget = (): void => {
      if (this.#shared === opening) this.#shared = undefined;
    };
    opening.then((device) => device.lost.then(forget), forget);
    this.#shared = opening;
    return opening;
  }
}
