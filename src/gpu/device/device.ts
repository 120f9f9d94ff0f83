/// <reference types="npm:@webgpu/types@0.1.74" />
import { VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";

/** The names of software adapters. */
const SOFTWARE = /llvmpipe|swiftshader|software/i;

/** Returns an adapter's name, as its driver gives it, and whether the CPU does its work. */
export function summaryOf(info: GPUAdapterInfo): { description: string; software: boolean } {
  const description = info.description ||
    [info.vendor, info.architecture, info.device].filter(Boolean).join(" ");
  return { description: description || "unnamed adapter", software: isSoftware(description) };
}

/** Returns whether an adapter of this description computes on the CPU. */
export function isSoftware(description: string): boolean {
  return SOFTWARE.test(description);
}

/** The limits that kernels profit from; a device is opened with all that its adapter has. */
export const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxTextureDimension2D",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** The limits that models profit from which work on the same device. */
const MODEL_LIMITS = [
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
] as const;

/** The features that are asked for where there are any: timestamps, and for models half floats. */
const FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16"];

/** The adapters of devices, kept as long as these: Deno panics where one is asked for that was collected. */
const ADAPTERS = new WeakMap<GPUDevice, GPUAdapter>();

/**
 * Opens a device with the adapter's limits, and with timestamps and half floats where there are any.
 * @throws {VitrailError} `device` where there is no WebGPU, no adapter, or no device.
 */
export async function openDevice(): Promise<GPUDevice> {
  const adapter = await findAdapter();
  const limits = [...LIMITS, ...MODEL_LIMITS].map((name) => [name, adapter.limits[name]] as const);
  const requiredLimits = Object.fromEntries(limits);
  const requiredFeatures = FEATURES.filter((name) => adapter.features.has(name));
  try {
    const device = await adapter.requestDevice({ label: "vitrail", requiredLimits, requiredFeatures });
    ADAPTERS.set(device, adapter);
    return device;
  } catch (cause) {
    throw new VitrailError("device", "the WebGPU adapter gave no device; another program may hold it", {
      cause,
    });
  }
}

/**
 * Returns the machine's adapter, the fast one where there are two.
 * @throws {VitrailError} `device` where there is no WebGPU, or no adapter.
 */
export async function findAdapter(): Promise<GPUAdapter> {
  const gpu = await runtime.gpu();
  if (!gpu) {
    throw new VitrailError(
      "device",
      `${runtime.name} has no WebGPU here; use the simd executor, or ${runtime.gpuAdvice}`,
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter;
  throw new VitrailError(
    "device",
    "no WebGPU adapter found; install a Vulkan driver (on Debian: apt-get install mesa-vulkan-drivers " +
      "libvulkan1), or use the simd executor",
  );
}
