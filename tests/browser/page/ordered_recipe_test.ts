import { assert, assertEquals, assertThrows } from "@std/assert";
import { modelGroups } from "../../../src/browser/page/model_list.ts";
import { orderedRecipe } from "../../../src/browser/page/work/ordered_recipe.ts";
import { droppedFiles } from "../../../src/browser/page/parts/dropped_files.ts";
import { VitrailError } from "../../../src/errors.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { RECIPES } from "../../../src/recipes/registry.ts";

const CLIP = { image_processor_type: "CLIPImageProcessor" };

Deno.test("modelGroups has every recipe and family once, each with a recipe", () => {
  const listed = modelGroups().flatMap(({ models }) => models);
  const settings = "do_crop_margin=false"; // Nougat wants it said
  const names = listed.map(({ order, note }) =>
    orderedRecipe({ model: order, settings: note === "nougat" ? settings : "" }).name
  );
  const known = [...RECIPES, ...FAMILIES].map(({ name }) => name);
  assertEquals([...new Set(names)].sort(), known.sort());
  const titles = new Map(
    modelGroups().map(({ title, models }) => [title, models.map(({ note }) => note.split(":")[0])]),
  );
  assert(titles.get("Patches")!.includes("qwen2_vl"));
  assert(titles.get("Tiles")!.includes("got_ocr2"));
  assert(titles.get("One square or page")!.includes("clip"));
});

Deno.test("orderedRecipe takes names, classes, a model's files, and settings", () => {
  const made = (model: Parameters<typeof orderedRecipe>[0]["model"], settings = "") =>
    orderedRecipe({ model, settings });
  assertEquals(made({ recipe: "ixc2-4khd" }, " hdNum=9 \n\n").parameters.hdNum, 9);
  assertEquals(made(CLIP, "backend=pil").parameters.backend, "pil");
  const files = { "config.json": { model_type: "clip" }, "preprocessor_config.json": { crop_size: 112 } };
  assertEquals(made({ files: { ...files, "generation_config.json": {} } }).parameters.crop_size, 112);
  assertEquals(made({ files: { "mine.json": { tile: 448, maxTiles: 2 } } }).name, "custom");
  assertEquals(made({ files: { "mine.json": CLIP } }).name, "clip");
  const refused = (run: () => unknown) => assertThrows(run, VitrailError).message;
  const several = { "a.json": {}, "b.json": {} };
  assertEquals(
    refused(() => made(CLIP, "backend")),
    'the field of settings takes NAME=VALUE, such as hdNum=25, found "backend"',
  );
  assert(
    refused(() => made({ files: several })).startsWith("of a.json, b.json none is "),
  );
});

Deno.test("droppedFiles tells pictures, configs and a tokenizer apart", async () => {
  const file = (name: string, text = "{}") => new File([text], name);
  const found = await droppedFiles([
    file("a.jpg"),
    file("config.json", '{"model_type":"clip"}'),
    file("tokenizer.json"),
    file("b.JSON", "["),
    file("c.json", "[]"),
    file("scan"),
  ]);
  assertEquals(found.pictures.map(({ name }) => name), ["a.jpg", "scan"]);
  assertEquals(found.configs, { "config.json": { model_type: "clip" } });
  assertEquals(found.tokenizer?.name, "tokenizer.json");
  assert(found.troubles[0].startsWith("b.JSON is no JSON: "));
  assertEquals(found.troubles[1], "c.json is to hold an object of fields, as a config does");
});

Deno.test("droppedFiles takes the first of two files of one name, and none that is too large", async () => {
  const large = Object.defineProperty(new File([], "tokenizer.json"), "size", { value: 2 ** 28 + 1 });
  const found = await droppedFiles([
    new File(['{"a":1}'], "config.json"),
    new File(['{"b":2}'], "config.json"),
    new File([new Uint8Array(2 ** 23 + 1)], "c.json"),
    large,
    new File(["{}"], "tokenizer.json"),
    new File(["[]"], "tokenizer.json"),
  ]);
  assertEquals(found.configs, { "config.json": { a: 1 } });
  assertEquals(await found.tokenizer?.text(), "{}");
  assertEquals(found.troubles, [
    "two files are named config.json: the first is taken",
    "c.json has 8388609 bytes; it may have 8388608",
    "tokenizer.json has 268435457 bytes; it may have 268435456",
    "two files are named tokenizer.json: the first is taken",
  ]);
});
