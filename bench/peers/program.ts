import type { Figure } from "./figure.ts";

/** The file of this folder as a path. */
export function here(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

/**
 * Runs a program of the bench, which prints figures as JSON.
 * @throws {TypeError} with what it said where it fails.
 */
export async function figuresOf(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Figure[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", here(file), ...args],
    env,
  }).output();
  if (!success) throw new TypeError(`${file} failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
