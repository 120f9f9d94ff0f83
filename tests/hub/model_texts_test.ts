import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { planConversation } from "../../src/engine/conversation/plan_conversation.ts";
import { VitrailError } from "../../src/errors.ts";
import { hubModel } from "../../src/hub/hub_model.ts";
import { ModelFolder } from "../../src/hub/model_folder.ts";
import { modelTemplate, modelTexts } from "../../src/hub/model_texts.ts";
import { LocalHub, type LocalModel, QWEN } from "../support/hub/local_hub.ts";
import { tokenizerJson } from "../support/sft/byte_tokenizer.ts";
import { inFolder } from "../support/temporary_folder.ts";

const ID = "Qwen/Qwen3-VL-8B-Instruct";

const TEMPLATE = `{% for m in messages %}{% for part in m.content %}{% if part.type == "image" %}` +
  `<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}` +
  `{{ eos_token }}`;

const MODEL: LocalModel = {
  ...QWEN,
  "tokenizer.json": JSON.stringify(tokenizerJson(["<|vision_start|>", "<|vision_end|>", "<|image_pad|>"])),
  "tokenizer_config.json": JSON.stringify({ eos_token: "</s>", pad_token: "</s>" }),
  "chat_template.jinja": TEMPLATE,
  "config.json": JSON.stringify({ model_type: "qwen3_vl", vision_config: {} }),
};

/** The folder of a model with these files. */
async function folderOf(folder: string, files: LocalModel): Promise<ModelFolder> {
  const path = await Deno.makeTempDir({ dir: folder });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text as string);
  }
  return new ModelFolder(path);
}

Deno.test("modelTexts and hubModel give planConversation a model by its name", () =>
  inFolder(async (cache) => {
    await using hub = new LocalHub({ [ID]: MODEL }, ["tokenizer.json"]);
    const model = await hubModel(ID, { endpoint: hub.url, cache });
    const content = [
      { type: "text", text: "See " },
      { type: "image", image: { width: 128, height: 96 } },
    ] as const;
    const texts = await model.texts();
    const { input_ids, spans, position_ids } = await planConversation(model.recipe, {
      messages: [{ role: "user", content }],
      ...texts,
    });
    // 128 × 96 in patches of 16, merged two by two: 4 × 3 tokens, between two marks, after "<s>See ".
    const length = 12, ids = [...input_ids.data].map(Number);
    assertEquals(spans, [[{ image: 0, offset: 6, length, tokens: length }]]);
    assertEquals(ids.slice(5), [95000, ...Array(length).fill(95002), 95001, 2]);
    assertEquals(position_ids!.shape, [3, 1, ids.length]);
    assertEquals([texts.tokenizer.padId, texts.model?.model_type], [2, "qwen3_vl"]);

    // The same from the cache alone.
    const offline = await hubModel(ID, { offline: true, cache });
    assertEquals(
      (await offline.texts()).template.write([{ content }], false),
      texts.template.write([{ content }], false),
    );
  }));

Deno.test("modelTemplate takes the first file that holds a template", () =>
  inFolder(async (folder) => {
    const held = (text: string) => JSON.stringify({ chat_template: text });
    const files = {
      "chat_template.jinja": "a",
      "chat_template.json": held("b"),
      "processor_config.json": held("c"),
      "tokenizer_config.json": JSON.stringify({ chat_template: [{ name: "default", template: "d" }] }),
    };
    const names = Object.keys(files);
    for (const [index, expected] of ["a", "b", "c", "d"].entries()) {
      const there = Object.fromEntries(
        Object.entries(files).filter(([name]) => names.indexOf(name) >= index),
      );
      const template = await modelTemplate(await folderOf(folder, there));
      assertEquals(template!.write([], false), expected);
      assertStringIncludes(template!.name, names[index]);
    }
    assertEquals(await modelTemplate(await folderOf(folder, { "processor_config.json": "{}" })), undefined);
  }));

Deno.test("modelTexts says which file a model lacks, and which is no such file", () =>
  inFolder(async (folder) => {
    const cases: [LocalModel, string, string][] = [
      [{}, "io", "holds no tokenizer.json"],
      [{ "tokenizer.json": MODEL["tokenizer.json"] }, "io", "holds no chat template"],
      [{ ...MODEL, "tokenizer.json": "[]" }, "recipe", "tokenizer.json is to be a JSON object"],
      [{ ...MODEL, "tokenizer.json": "{}" }, "usage", "tokenizer.json is no tokenizer"],
      [{ ...MODEL, "chat_template.jinja": "{% for %}" }, "usage", "is not Jinja"],
    ];
    for (const [files, code, text] of cases) {
      const model = await folderOf(folder, files);
      const error = await assertRejects(() => modelTexts(model), VitrailError);
      assertEquals(error.code, code, text);
      assertStringIncludes(error.message, text);
    }
  }));
