/**
 * transformers.js' processors as a peer. The package brings 430 MB of ONNX runtimes. Nobody who only uses or
 * tests Vitrail should download them, so the package has a deno.json of its own, transformers.json. It is
 * imported by a name that the type checker does not follow.
 */
import { type Made, type Ready, serve } from "./serve.ts";
import { MEAN, MOST_TILES, QWEN_CONFIG, STD, type Work } from "./work.ts";

interface Tensor {
  dims: number[];
  data: Float32Array;
}

type Processor = (images: unknown[], options?: unknown) => Promise<{ pixel_values: Tensor }>;

interface Transformers {
  Phi3VImageProcessor: new (config: unknown) => Processor;
  Qwen2VLImageProcessor: new (config: unknown) => Processor;
  RawImage: { fromBlob(blob: Blob): Promise<unknown> };
}

const name = "@huggingface/transformers";
const { Phi3VImageProcessor, Qwen2VLImageProcessor, RawImage }: Transformers = await import(name);
const hd = new Phi3VImageProcessor({
  num_crops: MOST_TILES,
  image_mean: MEAN,
  image_std: STD,
  do_convert_rgb: true,
});
const qwen = new Qwen2VLImageProcessor(QWEN_CONFIG);

await serve(prepare);

async function prepare({ task, pictures, decoded }: Work): Promise<Ready> {
  const blobs = await Promise.all(pictures.map(async (path) => new Blob([await Deno.readFile(path)])));
  const decode = () => Promise.all(blobs.map((blob) => RawImage.fromBlob(blob)));
  const images = decoded ? await decode() : undefined;
  return async () => {
    const inputs = images ?? await decode();
    const result = task === "hd" ? await hd(inputs, { num_crops: MOST_TILES }) : await qwen(inputs);
    return made(result.pixel_values);
  };
}

function made({ dims, data }: Tensor): Made {
  return { shape: dims, values: () => [data] };
}
