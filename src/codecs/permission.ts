/** The flags of those Deno permissions that are not granted in full; a query, never a prompt. */
export async function flagsMissing(...names: ("ffi" | "env" | "read")[]): Promise<string[]> {
  const states = await Promise.all(names.map((name) => Deno.permissions.query({ name })));
  return names.filter((_, index) => states[index].state !== "granted" || states[index].partial)
    .map((name) => `--allow-${name}`);
}

/** What is missing to read `url`, a file of an npm package; undefined where nothing is. */
export async function readMissing(url: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "read", path: new URL(url) });
  return state === "granted" ? undefined : "it needs --allow-read for its .wasm file";
}
