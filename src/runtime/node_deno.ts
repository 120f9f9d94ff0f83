/**
 * Node's stand-in for Deno's namespace: what this package's sources use of it, for files, the terminal and
 * the process. Builds for Node put it in the place of the global (`src/tasks/bundle/`).
 *
 * @module
 */

import fs from "node:fs";
import { mkdir, opendir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import process from "node:process";
import { promisify } from "node:util";
// @ts-types="npm:@types/proper-lockfile@4.1.4"
import { lock, unlockSync } from "npm:proper-lockfile@4.1.2";

const read = promisify(fs.read), write = promisify(fs.write), sync = promisify(fs.fsync);
const openFile = promisify(fs.open), statFile = promisify(fs.fstat);

/** An open file. Node moves no file's position, and so it is kept here. */
class NodeFile {
  #at = 0;
  #locked = false;

  constructor(readonly path: string, readonly fd: number) {}

  /** Reads some bytes; null at the file's end. */
  async read(bytes: Uint8Array): Promise<number | null> {
    return this.#moved((await read(this.fd, bytes, 0, bytes.length, this.#at)).bytesRead);
  }

  readSync(bytes: Uint8Array): number | null {
    return this.#moved(fs.readSync(this.fd, bytes, 0, bytes.length, this.#at));
  }

  #moved(count: number): number | null {
    this.#at += count;
    return count === 0 ? null : count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const { bytesWritten } = await write(this.fd, bytes, 0, bytes.length, this.#at);
    this.#at += bytesWritten;
    return bytesWritten;
  }

  /** Moves to an offset from the file's start, the one place that is asked for. */
  seekSync(offset: number): number {
    return this.#at = offset;
  }

  seek(offset: number): Promise<number> {
    return Promise.resolve(this.seekSync(offset));
  }

  sync(): Promise<void> {
    return sync(this.fd);
  }

  stat(): Promise<fs.Stats> {
    return statFile(this.fd);
  }

  /** Takes the file's lock, which Node has none of its own for: a folder beside it, kept fresh. */
  async tryLock(): Promise<boolean> {
    this.#locked = await lock(this.path, { realpath: false }).then(() => true, (error: unknown) => {
      if ((error as { code?: string }).code === "ELOCKED") return false;
      throw error;
    });
    return this.#locked;
  }

  close(): void {
    if (this.#locked) unlockSync(this.path, { realpath: false });
    this.#locked = false;
    fs.closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The ways in which a file is opened. */
interface OpenOptions {
  write?: boolean;
  create?: boolean;
  truncate?: boolean;
}

/** Opens a file, to read it and, where asked, to write it. */
async function open(path: string, { write, create, truncate }: OpenOptions = {}): Promise<NodeFile> {
  const { O_RDONLY, O_RDWR, O_CREAT, O_TRUNC } = fs.constants;
  const flags = (write ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0) | (truncate ? O_TRUNC : 0);
  return new NodeFile(path, await openFile(path, flags, 0o666));
}

/**
 * Returns the facts of a path, in Deno's words: `mtime` in whole milliseconds, and `ctime`, the time at which
 * its facts changed, in whole seconds. A set that was begun in one runtime goes on in the other only where
 * they are the same.
 */
async function statOf(path: string | URL) {
  const facts = await stat(path), { mtimeMs, ctimeMs } = facts;
  return Object.assign(facts, {
    isFile: facts.isFile(),
    isDirectory: facts.isDirectory(),
    mtime: new Date(Math.floor(mtimeMs)),
    ctime: new Date(Math.floor(ctimeMs / 1000) * 1000),
  });
}

/** Returns a class whose instances are the errors of one code: Node's have no classes of their own. */
function errorsOf(code: string) {
  return class extends Error {
    readonly code = code;

    static override [Symbol.hasInstance](error: unknown): boolean {
      return (error as { code?: unknown } | null)?.code === code;
    }
  };
}

/** Returns an output stream. */
function streamOf(stream: { isTTY: boolean; fd: number }) {
  return {
    isTerminal: () => stream.isTTY === true,
    writeSync: (bytes: Uint8Array) => fs.writeSync(stream.fd, bytes),
  };
}

/** Permissions of Node's own are told by errors, and none of Deno's is missing. */
const GRANTED = { state: "granted" } as const;

/** Deno's namespace, as far as it goes. */
export const NODE_DENO = {
  args: process.argv.slice(2),
  build: { os: process.platform === "win32" ? "windows" : process.platform },
  errors: {
    AlreadyExists: errorsOf("EEXIST"),
    NotADirectory: errorsOf("ENOTDIR"),
    NotCapable: errorsOf("ERR_ACCESS_DENIED"),
    NotFound: errorsOf("ENOENT"),
  },
  SeekMode: { Start: 0 },
  env: {
    get: (name: string) => process.env[name],
    set(name: string, value: string) {
      process.env[name] = value;
    },
  },
  permissions: { query: () => Promise.resolve(GRANTED), querySync: () => GRANTED },
  stdout: streamOf(process.stdout),
  stderr: streamOf(process.stderr),
  noColor: Boolean(process.env.NO_COLOR),
  consoleSize: () => ({ columns: process.stdout.columns ?? process.stderr.columns ?? 80 }),
  exit: (code: number) => process.exit(code),
  addSignalListener: (signal: string, listener: () => void) => process.on(signal, listener),
  removeSignalListener: (signal: string, listener: () => void) => process.off(signal, listener),
  open,
  stat: statOf,
  mkdir,
  readFile,
  readTextFile: (path: string | URL) => readFile(path, "utf8"),
  readDir: async function* (path: string | URL) {
    for await (const entry of await opendir(path)) {
      yield { name: entry.name, isFile: entry.isFile(), isDirectory: entry.isDirectory() };
    }
  },
  realPath: (path: string) => realpath(path),
  remove: (path: string) => rm(path),
  rename,
  symlink,
};
