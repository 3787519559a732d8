/**
 * Tells the garbage collector what a device weighs. Dawn frees a device, with the memory and threads of its driver, when its
 * JavaScript object is collected, however long ago it was destroyed; and to the collector that is a small object, which can
 * wait. A buffer tied to each device is counted as memory it could win back. Nothing is ever written to it, so that the
 * system gives it no pages.
 */

/** What a device is said to weigh: with this few that were destroyed are left at a time, one or two on lavapipe. */
const BYTES = 32 << 20;

const ballast = new WeakMap<GPUDevice, ArrayBuffer>();

/** Makes each device of this adapter weigh what it should. */
export function weighDevices(adapter: GPUAdapter): void {
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await request(descriptor);
    ballast.set(device, new ArrayBuffer(BYTES));
    return device;
  };
}
