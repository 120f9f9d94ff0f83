import { assertEquals, assertStringIncludes } from "@std/assert";
import { planConversation } from "../../src/engine/conversation/plan_conversation.ts";
import { Engine } from "../../src/engine/engine.ts";
import { sha256OfBytes } from "../../src/formats/sha256.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { imageDocument, outputsDocument } from "../../src/report/plan_document.ts";
import { tensorLists } from "../../src/report/tensor_lists.ts";
import { fixtureBytes, FIXTURES } from "../support/pictures/fixtures.ts";
import { dataUri, imageMessage, LocalService, PICTURES_ALONE, WITH_TEXTS } from "../support/serve/served.ts";

const engine = await Engine.open({ executor: "reference" });
const alone = new LocalService(PICTURES_ALONE, engine), texts = new LocalService(WITH_TEXTS, engine);
const jpeg = await fixtureBytes("rgb-420.jpg"), png = await fixtureBytes("rgba.png");

/** The sizes of the two pictures. */
const SIZES = ["rgb-420.jpg", "rgba.png"].map((name) => {
  const { width, height } = FIXTURES.find(({ file }) => file === name)!;
  return { width, height };
});

Deno.test("planRoute plans sizes as planSample does", async () => {
  const sizes = [...SIZES, { width: 300, height: 200 }], plan = planSample(PICTURES_ALONE.recipe, sizes);
  for (let time = 0; time < 2; time++) { // the second from memory
    const { status, json } = await alone.post("/plan", { sizes });
    assertEquals(status, 200, JSON.stringify(json));
    assertEquals(json.outputs, outputsDocument(plan));
    assertEquals(json.tokens, plan.images.reduce((sum, { tokens }) => sum + tokens!, 0));
    assertEquals(
      json.images,
      plan.images.map((image, index) => ({ ...imageDocument(image), where: `sizes[${index}]` })),
    );
  }
});

Deno.test("planRoute plans messages of pictures, with their contents' hashes", async () => {
  const message = imageMessage(dataUri(jpeg), dataUri(png)), plan = planSample(PICTURES_ALONE.recipe, SIZES);
  const { status, json } = await alone.post("/plan", { messages: [message] });
  assertEquals(status, 200, JSON.stringify(json));
  assertEquals(
    json.images,
    plan.images.map((image, index) => ({
      ...imageDocument(image),
      where: `messages[0].content[${index}]`,
      sha256: [sha256OfBytes([jpeg, png][index])],
    })),
  );
  const bare = await alone.post("/plan", { messages: [message], hash: false });
  assertEquals(
    bare.json.images,
    json.images.map(({ sha256: _, ...image }: Record<string, unknown>) => image),
  );
});

/** The formats whose heads tell the size for certain. */
const HEAD_FIRST = ["jpeg", "png", "gif", "webp", "bmp"];

Deno.test("planRoute knows a size from a picture's head, where that tells it for certain", async () => {
  for (const { file, format, width, height } of FIXTURES) {
    if (!firstOf(format, file)) continue;
    const bytes = await fixtureBytes(file), long = new Uint8Array(Math.max(bytes.length, 2 ** 17));
    long.set(bytes); // so that it is longer than a head
    const whole = await alone.post("/plan", { messages: [imageMessage(dataUri(long))], hash: false });
    assertEquals(whole.status, 200, `${file}: ${JSON.stringify(whole.json)}`);
    assertEquals([whole.json.images[0].width, whole.json.images[0].height], [width, height], file);
    const broken = [imageMessage(`${dataUri(long)}???`)]; // no base64, behind the head
    const head = await alone.post("/plan", { messages: broken, hash: false });
    assertEquals(head.status, HEAD_FIRST.includes(format) ? 200 : 422, file);
    assertEquals(head.json.images, HEAD_FIRST.includes(format) ? whole.json.images : undefined, file);
    assertEquals((await alone.post("/plan", { messages: broken })).status, 422, file);
  }
});

/** Tells if a fixture is the first of its format. */
function firstOf(format: string, file: string): boolean {
  return FIXTURES.find((fixture) => fixture.format === format)!.file === file;
}

Deno.test("planRoute plans texts as planConversation does", async () => {
  const messages = [
    { role: "system", content: "s" },
    imageMessage(dataUri(jpeg)),
    {
      role: "user",
      content: [
        { type: "image", image: { width: 90, height: 50 } },
        { type: "video", video: { frames: 4, width: 56, height: 28, fps: 2 } },
      ],
    },
  ];
  const { recipe, clips, texts: { tokenizer, template, model } = {} } = WITH_TEXTS;
  const plan = await planConversation({ pictures: recipe, clips: clips! }, {
    messages: messages as never,
    ...{ tokenizer: tokenizer!, template: template!, model },
    generationPrompt: true,
  });
  const { status, json } = await texts.post("/plan", { messages, generation_prompt: true });
  assertEquals(status, 200, JSON.stringify(json));
  assertEquals(json.text, plan.texts[0]);
  for (
    const name of ["input_ids", "attention_mask", "mm_token_type_ids", "position_ids", "rope_deltas"] as const
  ) {
    assertEquals(json[name], tensorLists(plan[name]!.data, plan[name]!.shape), name);
  }
  assertEquals(Object.keys(json.outputs), [
    ...["pixel_values", "image_grid_thw", "pixel_values_videos", "video_grid_thw"],
  ]);
  assertEquals(json.images.map(({ kind }: { kind: string }) => kind), ["picture", "picture", "clip"]);
  assertEquals(json.images[0].sha256, [sha256OfBytes(jpeg)]);
  for (const [index, { span, tokens }] of json.images.entries()) {
    const types = json.mm_token_type_ids[0].slice(span.offset, span.offset + span.length);
    assertEquals(types, Array(tokens).fill(index === 2 ? 2 : 1));
  }
});

Deno.test("planRoute takes the parts of a body that messages name", async () => {
  const form = new FormData();
  form.append("request", JSON.stringify({ messages: [imageMessage("part:a", "part:b")] }));
  form.append("a", new File([jpeg as BlobPart], "a.jpg"));
  form.append("b", new Blob([png as BlobPart]));
  const { json } = await texts.ask("/plan", { method: "POST", body: form });
  assertEquals(
    json.images?.map(({ sha256 }: { sha256: string[] }) => sha256[0]),
    [jpeg, png].map(sha256OfBytes),
  );
});

Deno.test("planRoute plans texts without pictures", async () => {
  const messages = [{ role: "user", content: "Hm?" }];
  assertEquals((await texts.post("/plan", { messages })).json.images, []);
  const { status, json } = await alone.post("/plan", { messages });
  assertEquals([status, json.images, json.tokens], [200, [], 0]);
});

/** Bodies that are wrong, with the status and a piece of the message that answer them. */
const WRONG: [what: string, body: unknown, status: number, message: string][] = [
  ["no JSON", "{", 400, "is not JSON"],
  ["a list", "[]", 400, "an object"],
  ["deep JSON", `{"tools":${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, "levels"],
  ["an unknown field", { mesages: [] }, 422, `did you mean "messages"`],
  ["nothing", {}, 422, "messages or sizes, one of them, found neither"],
  ["both", { messages: [], sizes: [] }, 422, "found messages and sizes"],
  ["no message", { messages: [] }, 422, "one at least"],
  ["a size of nothing", { sizes: [{ width: 0, height: 5 }] }, 422, "sizes[0]"],
  ["a size that is none", { sizes: [[5, 5]] }, 422, "sizes[0]"],
  ["too many pixels", { sizes: [{ width: 1e9, height: 1e5 }] }, 413, "--max-pixels"],
  ["too many sizes", { sizes: Array(65).fill({ width: 5, height: 5 }) }, 422, "--max-pictures"],
  ["a path", { messages: [imageMessage("/etc/hostname")] }, 422, "no file is read here"],
  [
    "a path as image",
    { messages: [{ role: "user", content: [{ type: "image", path: "/a" }] }] },
    422,
    "no file",
  ],
  ["a file: URL", { messages: [imageMessage("file:///etc/hostname")] }, 422, "no file is read here"],
  ["a host", { messages: [imageMessage("http://127.0.0.1:1/a.png")] }, 422, "does not fetch from"],
  ["an absent part", { messages: [imageMessage("part:a")] }, 422, `the part "a"`],
  ["no base64", { messages: [imageMessage("data:image/png;base64,???")] }, 422, "not base64"],
  [
    "no picture",
    { messages: [imageMessage("data:;base64,aGVsbG8gd29ybGQhISE=")] },
    422,
    "messages[0].content[0]",
  ],
  ["a film", { messages: [{ role: "user", content: [{ type: "video", video: "/a.mp4" }] }] }, 422, "films"],
  ["long texts", { messages: [{ role: "user", content: "a".repeat(2 ** 20 + 1) }] }, 413, "--max-text"],
  ["tools of another kind", { messages: [{ role: "user", content: "" }], tools: 5 }, 422, "tools is a list"],
];

for (const [what, body, status, message] of WRONG) {
  Deno.test(`planRoute refuses ${what}`, async () => {
    const found = await texts.post("/plan", body);
    assertEquals(found.status, status, JSON.stringify(found.json));
    assertEquals(Object.keys(found.json.error), ["code", "message"]);
    assertStringIncludes(found.json.error.message, message);
    assertEquals(found.json.error.message.includes("\n"), false);
  });
}

Deno.test("planRoute refuses bodies of other types, and parts that are no files", async () => {
  const post = (type: string, body: BodyInit) =>
    alone.ask("/plan", { method: "POST", headers: { "content-type": type }, body });
  assertEquals((await post("text/plain", "{}")).status, 415);
  assertEquals((await post("multipart/form-data", "{}")).status, 400);
  assertEquals((await post("multipart/form-data; boundary=x", "--x\r\n")).status, 400);
  assertEquals((await post("application/json", new Uint8Array([0xff, 0xfe]))).status, 400);
  const many = new FormData();
  for (let part = 0; part < 66; part++) many.append(part === 0 ? "request" : `${part}`, new Blob(["{}"]));
  const { status, json } = await alone.ask("/plan", { method: "POST", body: many });
  assertEquals([status, json.error.message], [
    413,
    "the body has more than 65 parts; --max-pictures allows more",
  ]);
  const form = new FormData();
  form.append("a", "text");
  assertEquals((await alone.ask("/plan", { method: "POST", body: form })).status, 422);
});

Deno.test("planRoute refuses texts and clips of a service without a tokenizer", async () => {
  const messages = [{
    role: "user",
    content: [{ type: "video", video: { frames: 4, width: 56, height: 28 } }],
  }];
  for (const more of [{}, { generation_prompt: true }, { tools: [] }]) {
    const { status, json } = await alone.post("/plan", { messages, ...more });
    assertEquals([status, json.error.code], [422, "usage"]);
    assertStringIncludes(json.error.message, "no tokenizer");
  }
});
