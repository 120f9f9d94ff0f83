/** Counts the bytes of a device's buffers and textures that are made and not destroyed. */
export function countMemory(device: GPUDevice): () => number {
  let bytes = 0;
  const counted = <T extends { destroy(): void }>(made: T, size: number): T => {
    const destroy = made.destroy.bind(made);
    bytes += size;
    made.destroy = () => {
      bytes -= size;
      size = 0;
      destroy();
    };
    return made;
  };
  const createBuffer = device.createBuffer.bind(device), createTexture = device.createTexture.bind(device);
  device.createBuffer = (descriptor) => counted(createBuffer(descriptor), descriptor.size);
  device.createTexture = (descriptor) => {
    const made = createTexture(descriptor);
    return counted(made, made.width * made.height * 4);
  };
  return () => bytes;
}
