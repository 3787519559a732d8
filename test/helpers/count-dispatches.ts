/** Counts the dispatches of this process on real devices, and notes the adapter. A module of its own: it changes them once. */
import { globals } from 'webgpu';

Object.assign(globalThis, globals);

/** What was seen since it was last reset. */
export const seen: { dispatches: number; adapter: string | undefined } = { dispatches: 0, adapter: undefined };

const prototype = GPUComputePassEncoder.prototype;
const dispatch = prototype.dispatchWorkgroups;
prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, x: number, y?: number, z?: number): undefined {
  seen.dispatches++;
  return dispatch.call(this, x, y, z);
};

const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
  seen.adapter = this.info.description || this.info.vendor;
  return request.call(this, descriptor);
};
