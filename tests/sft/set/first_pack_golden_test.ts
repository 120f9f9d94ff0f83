import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { processorSuites } from "../../support/golden/processor_suites.ts";
import type { Synthetic } from "../../support/pictures/synthetic.ts";
import { python, withPython } from "../../support/python.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

const MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"];

/** A template of Qwen2.5-VL's form. */
const TEMPLATE =
  `{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}{{ m.content }}` +
  `{% else %}{% for part in m.content %}{% if part.type == "text" %}{{ part.text }}{% else %}` +
  `<|vision_start|><|image_pad|><|vision_end|>{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}` +
  `{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

const SUITE = processorSuites().find(({ class: name, backend, preset }) =>
  name === "Qwen2VLImageProcessor" && backend === "torchvision" && preset === "small"
)!;

/** The pictures of the golden that make few patches, each with the checksum of these. */
const PICTURES = SUITE.calls.flatMap(({ srcs, outputs }) => {
  const { shape, sha256 } = outputs?.pixel_values as { shape: number[]; sha256: string };
  return srcs.length === 1 && shape[0] < 2000 ? [{ source: srcs[0] as Synthetic, sha256 }] : [];
});

const program = await Deno.readTextFile(new URL("first_pack.py", import.meta.url));

/** Writes what a model's folder holds of Qwen2.5-VL. */
async function writeModel(folder: string): Promise<void> {
  const files = {
    "preprocessor_config.json": { ...SUITE.config, processor_class: "Qwen2_5_VLProcessor" },
    "config.json": { model_type: "qwen2_5_vl" },
    "tokenizer.json": { ...tokenizerJson(MARKS), post_processor: null },
    "tokenizer_config.json": { chat_template: TEMPLATE, tokenizer_class: "Qwen2Tokenizer" },
  };
  await Deno.mkdir(folder);
  for (const [name, value] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), JSON.stringify(value));
  }
}

await withPython(
  "vitrail sft packs a LLaVA set for Qwen2.5-VL, and its first batch is Python's",
  () =>
    inFolder(async (folder) => {
      for (const [at, { source }] of PICTURES.entries()) await writePicture(folder, `${at}.png`, source);
      const count = PICTURES.length;
      const set = await writeSamples(folder, "set.json", [
        ...Array.from({ length: count }, (_, at) => ({
          id: at,
          image: [`${at}.png`, `${(at + 3) % count}.png`],
          conversations: [
            { from: "human", value: "<image>\n<image>\nWhich is larger?" },
            { from: "gpt", value: at % 2 === 0 ? "Number one." : "Number two, I am sure." },
          ],
        })),
      ]);
      const model = join(folder, "model"), shards = join(folder, "shards");
      await writeModel(model);
      const args = ["--recipe", model, "--image-root", folder, "--pack", "2048", "--out", shards];
      const { status, err } = await vitrail("sft", set, ...args, "--executor", "simd");
      assertEquals(status, 0, err);
      const { patches, samples, same } = JSON.parse(await python(program, shards, set));
      assert(samples.length > 1, `the first pack has the samples ${samples}`);
      assertEquals(
        patches,
        samples.flatMap((at: number) => [at, (at + 3) % count].map((own) => PICTURES[own].sha256)),
      );
      assertEquals(Object.entries(same).filter(([, equal]) => !equal), []);
    }),
);
