import * as vitrail from "../../../mod.ts";
import { tokenizerJson } from "../sft/byte_tokenizer.ts";
import { CHAT_CASES, TALK, templateOf } from "../text/chat_cases.ts";

/** A function of the package with arguments as they should be; objects among them have all their options. */
export interface GoodCall {
  /** The name of the export, and of its method. */
  readonly name: string;
  readonly call: (...given: never[]) => unknown;
  readonly given: readonly unknown[];
}

/** The arguments whose fields are looked at as a whole, and not one by one: what other calls give. */
const MADE = new WeakSet<object>();

/** Says that an object is what another call gives. */
function made<T extends object>(value: T): T {
  MADE.add(value);
  return value;
}

/** Tells if an argument is an object of options or fields, each of which may be wrong. */
export function hasOptions(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype &&
    !MADE.has(value);
}

const absent = undefined;

/** All options of a run. */
const RUN = {
  dtype: absent,
  to: absent,
  verify: absent,
  orient: absent,
  alpha: absent,
  maxPixels: absent,
  maxBytes: absent,
  damaged: absent,
  signal: absent,
  onProgress: absent,
};

/** All options of a plan's run. */
const { dtype: _dtype, verify: _verify, ...ON_PLAN } = RUN;

/** All options by which frames are chosen. */
const SAMPLING = {
  do_sample_frames: absent,
  fps: absent,
  num_frames: 2,
  min_frames: absent,
  max_frames: absent,
};

const HD = { hdNum: 2, uniform: absent, fit: absent, layout: absent };

/** Returns every function and method of the package, with arguments as they should be. */
export async function goodCalls(engine: vitrail.Engine, folder: string): Promise<GoodCall[]> {
  const recipe = made(vitrail.customRecipe({ size: 8 })), size = { width: 3, height: 2 };
  const hd = made(vitrail.ixc24khd({ hdNum: 1 })),
    raw = { ...size, data: new Uint8Array(18), channels: absent };
  const clips = made(vitrail.recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor" }));
  const plan = made(vitrail.planSample(recipe, [size])), batch = await engine.run(recipe, [raw]);
  const [tile] = vitrail.tilesOf(plan, 0), box = { left: 0, top: 0, right: 1, bottom: 1 };
  const [qwen] = CHAT_CASES, json = tokenizerJson(["<|im_start|>", "<|im_end|>", ...qwen.marks]);
  const qwenRecipe = made(vitrail.recipeFromConfig(qwen.config)), { tokenizer } = vitrail.tokenizerOf(json);
  const pictures = vitrail.planSample(qwenRecipe, [size]).images,
    names = { recipe: "r", template: "t", where: "w" };
  const turns = [{ from: "human", value: "the <ImageHere>" }, { from: "bot", value: "the" }];
  const sample = {
    conversations: turns,
    images: ["a.jpg"],
    id: absent,
    pictures: [{ tokens: 3 }],
    where: absent,
  };
  const template = made(vitrail.jinjaTemplate(templateOf(qwen)));
  const row = { tokenizer, template, maxLength: 64, pictureId: 1, learn: absent };
  const token = { shape: [588], data: new Float32Array(588), dtype: absent };
  const features = { shape: [2, 576, 147], data: new Float32Array(2 * 576 * 147), dtype: absent };
  const images = [{ grid: [1, 1] }], hub = { cache: folder, offline: true, endpoint: absent, token: absent };
  const HUB = { ...hub, revision: absent, changes: absent, clips: absent, timeout: absent };
  const processor = vitrail.asImageProcessor(recipe, engine, { Tensor: Array as never });
  const tensor = () => new vitrail.Tensor("t", "u8", [2], new Uint8Array(2));
  const model = { model_type: "qwen2_vl", vision_config: absent, text_config: absent };
  const position = { types: [0, 1, 1], images: [{ tokenGrid: { steps: 1, rows: 1, columns: 2 } }] };
  const output = { type: "float32", dims: [1, 2], location: "cpu", data: new Float32Array(2) };
  const conversation = {
    messages: TALK,
    conversations: absent,
    tokenizer,
    template: templateOf(qwen),
    generationPrompt: absent,
    tools: absent,
    model: absent,
    rope: absent,
    padId: absent,
    padSide: absent,
    dtype: absent,
    orient: absent,
    maxPixels: absent,
    maxBytes: absent,
    signal: absent,
  };
  const splice = { newline: token, separator: token, to: absent, signal: absent };
  const resize = { filter: absent, box: absent, resampler: absent, signal: absent };
  const custom = {
    size: 8,
    tile: absent,
    fit: absent,
    filter: absent,
    fill: absent,
    mean: absent,
    layout: absent,
  };
  const open = { executor: "reference", device: absent, upload: absent, memory: absent, lanes: 0 };
  const opened = async (...given: [never]) => (await vitrail.Engine.open(...given)).close();
  const calls: [string, (...given: never[]) => unknown, unknown[]][] = [
    ["Engine.open", opened, [open]],
    ["Engine.run", engine.run.bind(engine), [recipe, [raw], RUN]],
    ["Engine.runPlan", engine.runPlan.bind(engine), [plan, [raw], ON_PLAN]],
    ["Engine.stream", engine.stream.bind(engine), [recipe, [[raw]], RUN]],
    ["Engine.plan", engine.plan.bind(engine), [qwenRecipe, conversation]],
    ["Engine.rearrange", engine.rearrange.bind(engine), [token, "(a b) -> b a", { a: 2 }]],
    ["Engine.resize", engine.resize.bind(engine), [raw, size, resize]],
    ["Engine.splice", engine.splice.bind(engine), [hd, features, images, splice]],
    ["Batch", (...given) => new vitrail.Batch(...given as unknown as [never, never, never, never]), [
      plan,
      { pixel_values: batch.pixelValues },
      ["a"],
      "simd",
    ]],
    ["Batch.dispose", () => new vitrail.Batch(plan, {}, [], "simd").dispose(), []],
    ["Tensor", (...given) => new vitrail.Tensor(...given as unknown as [never, never, never, never]).data(), [
      "t",
      "u8",
      [2],
      new Uint8Array(2),
    ]],
    ["Tensor.data", () => tensor().data(), []],
    ["Tensor.bytes", () => tensor().bytes(), []],
    ["Tensor.dispose", () => tensor().dispose(), []],
    ["VitrailError", (...given) => new vitrail.VitrailError(...given as unknown as [never, never]), [
      "io",
      "m",
    ]],
    ["asImageProcessor", vitrail.asImageProcessor, [recipe, made(engine), {
      Tensor: Array,
      dtype: absent,
      alpha: absent,
      verify: absent,
    }]],
    ["ImageProcessor", processor, [[{ ...raw, channels: 3 }], { size: absent }]],
    ["batchOf", vitrail.batchOf, [[vitrail.tokenRowOf(sample, row)], 0]],
    ["boxIn", vitrail.boxIn, [tile, box]],
    ["boxThrough", vitrail.boxThrough, [tile.toTile, box]],
    ["chatTemplate", vitrail.chatTemplate, ["a", { name: absent, variables: absent, strftimeNow: absent }]],
    ["ChatTemplate.write", template.write, [[{ role: "user", content: "a" }], false, absent]],
    ["collate", vitrail.collate, [[sample], { ...row, padId: 0 }]],
    ["conv2prompt", vitrail.conv2prompt.render, [turns]],
    ["conv2text", vitrail.conv2text.render, [turns, absent]],
    ["customRecipe", vitrail.customRecipe, [custom]],
    ["expandIds", vitrail.expandIds, [tokenizer("<|image_pad|>", false), pictures, tokenizer, names]],
    ["expandText", vitrail.expandText, ["the <|image_pad|>", pictures, tokenizer, names]],
    ["hubModel", vitrail.hubModel, ["Qwen/Qwen2-VL", HUB]],
    ["ixc2", vitrail.ixc2, [{ size: 8 }]],
    ["ixc24khd", vitrail.ixc24khd, [HD]],
    ["ixc25", vitrail.ixc25, [HD]],
    ["ixc25Image", vitrail.ixc25Image, [{ ...HD, hdNumSeveral: 1 }]],
    ["ixc25Video", vitrail.ixc25Video, [{ join: false }]],
    ["jinjaTemplate", vitrail.jinjaTemplate, ["a", {
      picture: absent,
      generationPrompt: absent,
      name: absent,
    }]],
    ["planConversation", vitrail.planConversation, [qwenRecipe, conversation]],
    ["planSample", vitrail.planSample, [recipe, [size], "f32", [1], absent]],
    ["planInSlices", vitrail.planInSlices, [recipe, [size], "f32", [1], absent, absent]],
    ["planSample of clips", vitrail.planSample, [clips, [size, size], "f32", [2], [{ indices: [0, 1] }]]],
    ["planSplice", vitrail.planSplice, [hd, images, {
      features: [2, 576, 147],
      newline: 588,
      separator: 588,
    }]],
    ["positionIds", vitrail.positionIds, [[position], { rule: "qwen2_vl", perSecond: absent, axes: absent }, {
      length: absent,
      side: absent,
    }]],
    ["readChatTemplate", vitrail.readChatTemplate, [`${folder}/none.jinja`, { picture: absent }]],
    ["readPacks", vitrail.readPacks, [`${folder}/none.safetensors`]],
    ["readShard", vitrail.readShard, [`${folder}/none.safetensors`]],
    ["readTokenizer", vitrail.readTokenizer, [`${folder}/none.json`]],
    ["recipe", vitrail.recipe, ["ixc25", { hdNum: 2, uniform: absent, fit: absent, layout: absent }]],
    ["recipeFromConfig", vitrail.recipeFromConfig, [qwen.config, { min_pixels: absent, size: absent }]],
    ["recipeFromHub", vitrail.recipeFromHub, ["Qwen/Qwen2-VL", HUB]],
    ["ropeOfModel", vitrail.ropeOfModel, [model]],
    ["ropeOfRecipe", vitrail.ropeOfRecipe, [{ name: "a", parameters: { processor_class: absent } }]],
    ["sampleFrames", vitrail.sampleFrames, [clips, { frames: 8, fps: 2, duration: absent }, SAMPLING]],
    ["sampleOf", vitrail.sampleOf, [{ conversations: turns, image: absent, id: absent }, "sample 1"]],
    ["Template.render", template.render, [turns, absent, absent]],
    ["sessionFeatures", vitrail.sessionFeatures, [[output]]],
    ["sessionInputs", vitrail.sessionInputs, [batch.pixelValues, { Tensor: class {} }]],
    ["textOf", vitrail.textOf, [sample, vitrail.conv2text, {
      pictures: absent,
      where: absent,
      learn: absent,
    }]],
    ["tilesOf", vitrail.tilesOf, [plan, 0]],
    ["tokenRowOf", vitrail.tokenRowOf, [sample, row]],
    ["tokenizerOf", vitrail.tokenizerOf, [json, { pad_token: absent }, "tokenizer.json"]],
    ...vitrail.RECIPES.map(({ name, make }): [string, (...given: never[]) => unknown, unknown[]] => {
      return [`RECIPES ${name}`, make, [{}]];
    }),
  ];
  return calls.map(([name, call, given]) => ({ name, call, given }));
}
