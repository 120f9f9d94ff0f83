import type { Figure } from "../report/figure.ts";

/**
 * Starts a program of the bench and returns the figures that it prints as JSON.
 * @param file its path, relative to this folder
 * @throws {TypeError} where it fails, with what it printed on standard error.
 */
export async function figuresOf(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Figure[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", new URL(file, import.meta.url).pathname, ...args],
    env,
  }).output();
  if (!success) throw new TypeError(`${file} failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
