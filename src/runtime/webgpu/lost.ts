/** Turns the loss of a device into a rejection of whatever waits for it. */
import { DeviceError, TilewiseError } from '../../core/errors.ts';

/** Who waits for a device, and the error that calls get once it is lost. */
interface Watch {
  readonly waiting: Set<(error: DeviceError) => void>;
  error?: DeviceError;
}

// One reaction to `lost` per device: that promise may never settle, and would keep one of every run for as long.
const watches = new WeakMap<GPUDevice, Watch>();

/** Milliseconds that a failed call gives the device to say that it was lost: a map may fail a little earlier. */
const GRACE = 100;

/** Waits for `work`, or rejects with DeviceError DEVICE_LOST as soon as the device goes away. */
export function unlessLost<T>(device: GPUDevice, work: Promise<T>): Promise<T> {
  const watch = watchOf(device);
  return new Promise<T>((resolve, reject) => {
    if (watch.error) reject(watch.error);
    else watch.waiting.add(reject);
    const settle = (then: () => void): void => {
      watch.waiting.delete(reject);
      then();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => {
        if (error instanceof TilewiseError) settle(() => reject(error));
        else setTimeout(() => settle(() => reject(error)), GRACE);
      },
    );
  });
}

/** Calls `react` when the device goes away; gives what takes that back, without which a device would keep all who asked. */
export function onLost(device: GPUDevice, react: () => void): () => void {
  const { waiting } = watchOf(device);
  waiting.add(react);
  return () => waiting.delete(react);
}

function watchOf(device: GPUDevice): Watch {
  const known = watches.get(device);
  if (known) return known;
  const watch: Watch = { waiting: new Set() };
  watches.set(device, watch);
  void device.lost.then(({ reason, message }) => {
    const error = new DeviceError('DEVICE_LOST', `the GPU device was lost (${reason}): ${message}`, {
      hint: 'Run again: a session that can ask for another adapter opens a new device and carries on',
    });
    watch.error = error;
    for (const reject of watch.waiting) reject(error);
    watch.waiting.clear();
  });
  return watch;
}
