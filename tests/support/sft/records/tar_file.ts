import { join } from "node:path";
import { pack } from "tar-stream";

/** A member of an archive: its name, and its bytes or the target of a link. */
export type Member = readonly [name: string, content: string | Uint8Array | { readonly link: string }];

/** Returns a tar archive of some members. */
export async function tarOf(members: readonly Member[]): Promise<Uint8Array> {
  const archive = pack(), pieces: Uint8Array[] = [];
  for (const [name, content] of members) {
    if (typeof content === "string") archive.entry({ name }, content);
    else if (content instanceof Uint8Array) archive.entry({ name }, content);
    else archive.entry({ name, type: "symlink", linkname: content.link });
  }
  archive.finalize();
  for await (const piece of archive) pieces.push(piece as Uint8Array);
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/** Writes a tar archive of some members, and returns its path. */
export async function writeTar(folder: string, name: string, members: readonly Member[]): Promise<string> {
  const path = join(folder, name);
  await Deno.writeFile(path, await tarOf(members));
  return path;
}
