import type { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { Service, type ServiceOptions } from "../../../src/serve/service.ts";
import type { ServedModel } from "../../../src/serve/served_model.ts";
import { chatTemplate } from "../../../src/text/chat_template.ts";
import { tokenizerOf } from "../../../src/text/tokenizer_file.ts";
import { tokenizerJson } from "../sft/byte_tokenizer.ts";

const MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"];

const TEMPLATE = `{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}` +
  `{{ m.content }}{% else %}{% for part in m.content %}{% if part.type == "text" %}{{ part.text }}` +
  `{% else %}<|vision_start|><|{{ part.type }}_pad|><|vision_end|>{% endif %}{% endfor %}{% endif %}` +
  `<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

/** Qwen2-VL's fields, of which each picture has few patches. */
const QWEN = { processor_class: "Qwen2_5_VLProcessor", min_pixels: 28 * 28, max_pixels: 28 * 28 * 16 };

/** A model of pictures alone. */
export const PICTURES_ALONE: ServedModel = {
  recipe: recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor", ...QWEN }),
};

/** The same model with clips, a tokenizer of letters and a template. */
export const WITH_TEXTS: ServedModel = {
  ...PICTURES_ALONE,
  clips: recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor", ...QWEN }),
  texts: {
    tokenizer: tokenizerOf(tokenizerJson([...MARKS, "<|video_pad|>"]) as never, { pad_token: "</s>" }),
    template: chatTemplate(TEMPLATE),
    model: { model_type: "qwen2_5_vl", vision_config: { tokens_per_second: 2 } },
  },
};

/** The answer of a service: its status, and its body as JSON, or as bytes. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads a response whole. */
export async function answered(response: Response): Promise<Answered> {
  const { status, headers } = response, bytes = await response.bytes();
  const isJson = headers.get("content-type") === "application/json";
  return { status, headers, bytes, json: isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined };
}

/** A service in this process, without a port. */
export class LocalService {
  readonly service: Service;

  constructor(model: ServedModel, engine: Engine, options: ServiceOptions = {}) {
    this.service = new Service(model, engine, options);
  }

  /** Asks it by a request as it is. */
  async ask(path: string, init?: RequestInit): Promise<Answered> {
    return await answered(await this.service.answer(new Request(`http://127.0.0.1${path}`, init)));
  }

  /** Posts JSON. */
  post(path: string, body: unknown): Promise<Answered> {
    return this.ask(path, jsonPost(body));
  }
}

/** A request that posts JSON; a text is posted as it is. */
export function jsonPost(body: unknown): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/** A picture's bytes as a data: URI. */
export function dataUri(bytes: Uint8Array): string {
  return `data:image/x;base64,${bytes.toBase64()}`;
}

/** A message with pictures, as OpenAI writes it. */
export function imageMessage(...urls: string[]) {
  const images = urls.map((url) => ({ type: "image_url", image_url: { url } }));
  return { role: "user", content: [...images, { type: "text", text: "Hm?" }] };
}
