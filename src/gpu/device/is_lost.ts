/** Time in which a device that was lost has said so after work on it failed, ms. */
const SAYS_SO = 200;

/** Returns whether a device is lost. It may say so only a little after work on it has failed. */
export async function isLost(device: GPUDevice): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(resolve, SAYS_SO, false));
  const lost = await Promise.race([device.lost.then(() => true), late]);
  clearTimeout(timer);
  return lost;
}
