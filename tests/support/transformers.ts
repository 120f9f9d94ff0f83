import { fileURLToPath } from "node:url";
import { VitrailError } from "../../src/errors.ts";
import type { RawImage } from "../../src/transformers_js.ts";
import { type Synthetic, synthetic } from "./pictures/synthetic.ts";

/** The part of a tensor of transformers.js that the tests use. */
export interface TheirTensor {
  type: string;
  data: ArrayLike<number | bigint> & ArrayBufferView;
  dims: number[];
}

/** A processor of theirs, or an image processor alone. */
export interface TheirProcessor {
  (...inputs: unknown[]): Promise<Record<string, unknown>>;
  components: Record<string, unknown>;
}

/** The part of transformers.js that the tests use. */
export interface Transformers {
  AutoProcessor: { from_pretrained(name: string): Promise<TheirProcessor> };
  AutoImageProcessor: { from_pretrained(name: string): Promise<TheirProcessor> };
  RawImage: new (data: Uint8Array, width: number, height: number, channels: number) => object;
  Tensor: new (type: string, data: unknown, dims: number[]) => TheirTensor;
  env: { fetch: (url: string) => Promise<Response>; useBrowserCache: boolean };
}

const CONFIG = fileURLToPath(new URL("./transformers.json", import.meta.url));

/**
 * transformers.js, which reaches no network: the files of a model come from `files`, by their names, and
 * there are no others.
 *
 * Its package brings 430 MB of ONNX runtimes that no processor needs. So it has a deno.json of its own, whose
 * lock file leaves out what it depends on, and of it the one module that depends on nothing is imported.
 */
export async function transformers(files: Readonly<Record<string, unknown>>): Promise<Transformers> {
  await deno("install", "--frozen", "--config", CONFIG);
  const resolve = `console.log(import.meta.resolve("@huggingface/transformers"))`;
  const main = await deno("eval", "--config", CONFIG, resolve);
  const theirs: Transformers = await import(new URL("./transformers.min.js", main.trim()).href);
  theirs.env.useBrowserCache = false;
  theirs.env.fetch = (url) => {
    const name = url.slice(url.lastIndexOf("/") + 1);
    const found = name in files;
    return Promise.resolve(
      new Response(found ? JSON.stringify(files[name]) : null, { status: found ? 200 : 404 }),
    );
  };
  return theirs;
}

/** Returns a picture that a golden names, as their image. */
export function rawImageOf(type: Transformers["RawImage"], source: Synthetic): RawImage {
  const { w, h, channels = 3 } = source;
  return new type(synthetic(source), w, h, channels) as RawImage;
}

/** Returns the bytes of a tensor of theirs. */
export function bytesOfTensor(tensor: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = (tensor as TheirTensor).data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["--quiet", ...args] })
    .output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  throw new VitrailError("io", `deno ${args.join(" ")} failed: ${text.decode(stderr)}`);
}

/** A `tokenizer.json` of words between spaces, special ones first. */
export function wordTokenizer(special: readonly string[], words: readonly string[]): unknown {
  const vocab = Object.fromEntries([...special, "[UNK]", ...words].map((word, id) => [word, id]));
  return {
    version: "1.0",
    added_tokens: special.map((content, id) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: { type: "WordLevel", vocab, unk_token: "[UNK]" },
  };
}
