/** Returns a list that gets the bytes of every buffer that `device` binds from now on. */
export function watchBindings(device: GPUDevice): number[] {
  const bound: number[] = [], createBindGroup = device.createBindGroup.bind(device);
  device.createBindGroup = (descriptor) => {
    for (const { resource } of descriptor.entries) {
      if ("buffer" in resource) bound.push(resource.size ?? resource.buffer.size);
    }
    return createBindGroup(descriptor);
  };
  return bound;
}
