import { join } from "node:path";
import { writePicture, writeSamples } from "./data_set.ts";
import { MODEL } from "./model_files.ts";

/** The config of VideoLLaMA 3's clips. */
export const DECIDED_CLIPS = {
  video_processor_type: "VideoLlama3VideoProcessor",
  size: { shortest_edge: 28 * 28, longest_edge: 2 ** 20 },
};

/** VideoLLaMA 3, whose clips lose tokens that hardly change. */
const VIDEO_LLAMA: Readonly<Record<string, object>> = {
  ...MODEL,
  "preprocessor_config.json": { image_processor_type: "VideoLlama3ImageProcessor" },
  "video_preprocessor_config.json": DECIDED_CLIPS,
  "config.json": { model_type: "video_llama_3" },
};

/**
 * Writes VideoLLaMA 3 and a set of a sample a clip, the frames of which are 1.png and 2.png, six tokens each,
 * and broken.png. Returns the command that makes it.
 */
export async function decidedSet(folder: string, clips: readonly string[][]): Promise<string[]> {
  const model = join(folder, "model");
  await Deno.mkdir(model);
  for (const [name, json] of Object.entries(VIDEO_LLAMA)) {
    await Deno.writeTextFile(join(model, name), JSON.stringify(json));
  }
  for (const seed of [1, 2]) {
    await writePicture(folder, `${seed}.png`, { kind: "noise", w: 56, h: 84, seed });
  }
  const whole = await Deno.readFile(join(folder, "1.png"));
  await Deno.writeFile(join(folder, "broken.png"), whole.subarray(0, whole.length / 2));
  const messages = [{ role: "user", content: "<video>?" }, { role: "assistant", content: "!" }];
  const data = await writeSamples(
    folder,
    "data.json",
    clips.map((clip) => ({ messages, videos: [clip] })),
  );
  const flags = ["--recipe", model, "--image-root", folder, "--executor", "simd", "--on-error", "skip"];
  return ["sft", data, ...flags];
}
