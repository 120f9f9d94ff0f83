import { Buffer } from "node:buffer";
import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import type { ManifestShard } from "../../formats/manifest.ts";
import { ioError } from "../../formats/io_error.ts";
import { writeHashed } from "../../formats/hashed_write.ts";
import { natsObjects } from "./nats_modules.ts";
import type { QueueConnection } from "./queue_connection.ts";

type ObjectStore = import("npm:@nats-io/obj@3.4.0").ObjectStore;

/** Bytes of a file that are read at once. */
const PIECE = 2 ** 17;

/** The time that a server may take to keep a piece of a file, ms. */
const PATIENCE = 60_000;

/** The shards of a set in a queue's object store, between their maker and the follower. */
export class ShardStore {
  private constructor(readonly connection: QueueConnection, readonly store: ObjectStore) {}

  /** Opens the store of a set, which is made where there is none. */
  static async open(connection: QueueConnection, id: string): Promise<ShardStore> {
    const { Objm } = await natsObjects();
    const stores = new Objm(connection.jetStream);
    return new ShardStore(connection, await connection.ask(() => stores.create(`vitrail-${id}`)));
  }

  /**
   * Keeps a shard's file, over one of the same name.
   * @throws {VitrailError} `io` where the file cannot be read, or the server cannot keep it.
   */
  async put(folder: string, { file }: ManifestShard): Promise<void> {
    const stream = () => ReadableStream.from(piecesOf(join(folder, file)));
    await this.connection.ask(() => this.store.put({ name: file }, stream(), { timeout: PATIENCE }));
  }

  /**
   * Fetches a shard's file into a folder, where it is whole or absent.
   * @param temporary the file's name until it is whole
   * @throws {VitrailError} `io` where it is not there, is not as it was made, or cannot be written.
   */
  async fetch(folder: string, { file, sha256 }: ManifestShard, temporary: string): Promise<void> {
    await this.connection.ask(async () => {
      const found = await this.store.get(file);
      if (found === null) throw new VitrailError("io", `${file} is not in the queue's object store`);
      async function* compared(digest: () => Uint8Array) {
        yield* found!.data;
        const error = await found!.error;
        if (error) throw error;
        if (Buffer.from(digest()).toString("hex") === sha256) return;
        throw new VitrailError(
          "io",
          `${file} in the queue's object store has another checksum than when it was made`,
        );
      }
      await writeHashed(join(folder, file), compared, temporary);
    });
  }

  /** Removes a shard's file, unless it is gone. */
  async remove({ file }: ManifestShard): Promise<void> {
    await this.connection.ask(() => this.store.delete(file)).catch(() => {}); // the store goes in the end
  }

  /** Removes the store. */
  async destroy(): Promise<void> {
    await this.connection.ask(() => this.store.destroy());
  }
}

/** Yields a file's bytes, piece by piece. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    using file = await Deno.open(path);
    for (;;) {
      const piece = new Uint8Array(PIECE), read = await file.read(piece);
      if (read === null) return;
      yield piece.subarray(0, read);
    }
  } catch (error) {
    throw ioError("read", path, error);
  }
}
