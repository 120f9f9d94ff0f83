import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { readSafetensors, type SafetensorsFile } from "../../src/formats/safetensors.ts";
import type { Size } from "../../src/plan/geometry.ts";
import { opaque } from "../../src/report/panels/opaque.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { recipe } from "../../src/recipes/registry.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { countOf } from "../../src/layout/shape.ts";
import { startDeno } from "../../src/tasks/run.ts";
import type { Driver, DroppedFile } from "../support/browser/driver.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { synthetic } from "../support/pictures/synthetic.ts";
import { tokenizerJson } from "../support/sft/byte_tokenizer.ts";
import { MAIN } from "../support/vitrail.ts";

/** A thing that a person does with the page, by name. Each begins where the one before it ended. */
export type PageUse = readonly [name: string, use: (driver: Driver) => Promise<void>];

/** The sizes of two pictures: a tall one, and a wide one. */
const TALL = { width: 180, height: 270 }, WIDE = { width: 480, height: 100 };

/** The recipes that they are shown by, and the setting that keeps the first one quick. */
const FEW_TILES = "hdNum=2",
  QWEN = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }),
  TILED = recipe("ixc2-4khd", { hdNum: 2 });

/** Returns a picture of this size, as a PNG file. */
async function drawn(name: string, { width, height }: Size): Promise<DroppedFile> {
  const pixels = synthetic({ kind: "mix", w: width, h: height });
  return { name, bytes: await encodePng(width, height, opaque(pixels)) };
}

/** Writes settings into their field. */
async function set(driver: Driver, text: string): Promise<void> {
  await driver.value(`{ const field = document.querySelector("#settings");
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new Event("input")); }`);
}

/** Chooses a model by a part of its value. */
async function choose(driver: Driver, value: string): Promise<void> {
  const radio = `[...document.querySelectorAll("#models input")].find(({ value }) => value.includes(${
    JSON.stringify(value)
  }))`;
  await driver.value(`${radio}.click()`);
}

/** Returns the texts of elements. */
function texts(driver: Driver, selector: string): Promise<string[]> {
  return driver.value(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`,
  );
}

/** Waits until the page shows a recipe's sample of pictures of these sizes, and compares its counts. */
async function requireShown(driver: Driver, own: Recipe, sizes: Size[]): Promise<void> {
  const plan = planSample(own, sizes), shape = plan.outputs.pixel_values.shape;
  const tokens = plan.images.reduce((sum, { tokens = NaN }) => sum + tokens, 0);
  const number = (value: number) => value.toLocaleString("en").replaceAll(",", "\u202f");
  const facts = [sizes.length, shape[0], tokens].map(number);
  const found = `[...document.querySelectorAll(".facts dd")].slice(0, 3).map((one) => one.textContent)`;
  await driver.until(`JSON.stringify(${found}) === ${JSON.stringify(JSON.stringify(facts))}`);
  const outputs = await texts(driver, "#outputs tbody tr:first-child td");
  assertEquals(outputs, ["f32", shape.join(" × ")]);
  const lines = await texts(driver, "#pictures span");
  for (const [index, { size, tokens }] of plan.images.entries()) {
    assert(lines[index].startsWith(`${size.width}×${size.height} · `), lines[index]);
    assert(lines[index].endsWith(` · ${tokens} tokens`), lines[index]);
  }
}

/** All that is tried on the page, in order. */
export const PAGE_USES: readonly PageUse[] = [
  ["page says where to drop pictures, and asks for nothing", async (driver) => {
    assertEquals(await driver.value("document.querySelector('#empty').checkVisibility()"), true);
    assert((await texts(driver, "#models .model")).length > 60);
  }],
  ["page shows every row of pictures that are dropped, and their tokens", async (driver) => {
    await choose(driver, '"ixc2-4khd"');
    await set(driver, FEW_TILES);
    await driver.give([await drawn("tall.png", TALL), await drawn("wide.png", WIDE)]);
    await requireShown(driver, TILED, [TALL, WIDE]);
    const rows = (await texts(driver, "#panels .row")).map(Number);
    assertEquals(rows, Array.from(rows, (_, row) => row));
    assertEquals(rows.length, planSample(TILED, [TALL, WIDE]).outputs.pixel_values.shape[0]);
    const canvases = await driver.value<number>(
      `[...document.querySelectorAll("#panels canvas")].filter((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(data).size > 50;
    }).length`,
    );
    assertEquals(canvases, 4);
  }],
  ["page finds no difference to the reference, on WebGPU and on SIMD", async (driver) => {
    await driver.until(`document.querySelectorAll("#checks tbody .good").length === 2`);
    const { outputs } = planSample(TILED, [TALL, WIDE]);
    const elements = Object.values(outputs).reduce((sum, { shape }) => sum + countOf(shape), 0);
    const text = `0 of ${elements.toLocaleString("en").replaceAll(",", "\u202f")}`;
    assertEquals(await texts(driver, "#checks tbody .good"), [text, text]);
  }],
  ["page puts pictures into another order, and keeps the focus", async (driver) => {
    await driver.value(`document.querySelector("#pictures [data-act=down]").focus()`);
    await driver.press("Enter");
    // Their counts are what they were before: it is the panels that tell when all is made anew.
    const shown = `[...document.querySelectorAll("#panels h2")].map((one) => one.textContent).join()`;
    await driver.until(`${shown} === "wide.png,tall.png"`);
    await requireShown(driver, TILED, [WIDE, TALL]);
    assertEquals(await texts(driver, "#pictures b"), ["wide.png", "tall.png"]);
    assertEquals(await driver.value("document.activeElement.title"), "Move tall.png up");
  }],
  ["page saves the file that vitrail tile writes", async (driver) => {
    const folder = await Deno.makeTempDir({ prefix: "vitrail-page-" });
    try {
      await driver.value(`document.querySelector("#pictures li:first-child [data-act=remove]").click()`);
      await requireShown(driver, TILED, [TALL]);
      await driver.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
      const executor = await driver.value<string>(
        `document.querySelector("#summary h2").dataset.executor`,
      );
      await driver.value(`document.querySelector("#save").click()`);
      const { name, bytes } = await drawn("tall.png", TALL);
      await Deno.writeFile(join(folder, name), bytes);
      const chosen = ["--recipe", "ixc2-4khd", "--set", FEW_TILES, "--executor", "simd"];
      const out = ["--out", "told.safetensors"];
      const allowed = ["--quiet", "--no-prompt", "--allow-read", "--allow-write"];
      const ran = await startDeno(["run", ...allowed, MAIN, "tile", name, ...chosen, ...out], {
        cwd: folder,
        stdout: "keep",
      });
      assertEquals(ran.code, 0);
      const told = await readSafetensors(join(folder, "told.safetensors"));
      const saved = await savedFile(join(folder, "sample.safetensors"));
      assertEquals(saved.metadata, { ...told.metadata, executor });
      assertEquals([...saved.tensors.keys()], [...told.tensors.keys()]);
      for (const [name, { dtype, shape, data }] of told.tensors) {
        const own = saved.tensors.get(name)!;
        assertEquals([own.dtype, own.shape], [dtype, shape], name);
        assertSameBytes(own.data, data, name);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }],
  ["page is used by keys alone: a search, a choice, another choice", async (driver) => {
    await set(driver, "");
    await driver.value(`document.querySelector("#search").focus()`);
    for (const letter of "qwen") await driver.press(letter);
    assertEquals(await texts(driver, "#models label:not([hidden]) small"), ["qwen2_vl"]);
    await driver.press("Enter");
    await requireShown(driver, QWEN, [TALL]);
    assertEquals(await driver.value("document.activeElement.name"), "model");
    await driver.value(`{ const search = document.querySelector("#search"); search.value = "";
      search.dispatchEvent(new Event("input")); }`);
    await driver.press("ArrowDown");
    await driver.until(`!document.querySelector("#summary h2").textContent.startsWith("Qwen2-VL")`);
    await driver.press("ArrowUp");
    await driver.until(`document.querySelector("#summary h2").textContent.startsWith("Qwen2-VL")`);
    await requireShown(driver, QWEN, [TALL]);
    await driver.press("Tab");
    assertEquals(await driver.value("document.activeElement.id"), "settings");
    assertEquals(await driver.value("document.activeElement.matches(':focus-visible')"), true);
  }],
  ["page shows the prompt, and its ids once a tokenizer is dropped", async (driver) => {
    const mark = "<|image_pad|>", { images: [{ tokens }] } = planSample(QWEN, [TALL]);
    assertEquals(await texts(driver, "#prompt code"), [`${mark}×${tokens}`]);
    const bytes = new TextEncoder().encode(JSON.stringify(tokenizerJson([mark])));
    await driver.give([{ name: "tokenizer.json", bytes }], "#files");
    const ids = `${tokens! + 1} ids: 1001 95000 95000`; // the first one begins the row
    await driver.until(`document.querySelector("#prompt").textContent.includes("${ids}")`);
  }],
  ["page fits a window of 400 pixels, and shows a panel at its own size by the space bar", async (driver) => {
    const metrics = { width: 400, height: 800, deviceScaleFactor: 1, mobile: false };
    await driver.send("Emulation.setDeviceMetricsOverride", metrics);
    await driver.until("innerWidth === 400");
    const root = "document.documentElement";
    assertEquals(await driver.value(`${root}.scrollWidth <= ${root}.clientWidth`), true);
    const width = () =>
      driver.value(`document.querySelector("#panels .panel").getBoundingClientRect().width`);
    await driver.value(`document.querySelector("#panels .panel input").focus()`);
    await driver.press(" ");
    assertEquals(await width(), planSample(QWEN, [TALL]).images[0].canvas.width);
    await driver.press(" ");
    await driver.send("Emulation.clearDeviceMetricsOverride");
  }],
  ["page says in one line what is wrong with a file, and goes on with the others", async (driver) => {
    const { bytes } = await drawn("cut.png", WIDE);
    const json = { name: "broken.json", bytes: new TextEncoder().encode("{") };
    await driver.give([{ name: "cut.png", bytes: bytes.subarray(0, bytes.length >> 1) }, json], "paste");
    await driver.until(`document.querySelector("#pictures .refused")`);
    const [line] = await texts(driver, "#pictures .refused span");
    assert(line.includes("cut.png") && !line.includes("\n"), line);
    await driver.until(
      `document.querySelector("#model-trouble").textContent.startsWith("broken.json is no JSON")`,
    );
    assertEquals(await texts(driver, "#panels h2"), ["tall.png"]);
    await driver.value(`document.querySelector("#pictures li:last-child [data-act=remove]").click()`);
  }],
  ["page says what is wrong with the files of each of two drops at one instant", async (driver) => {
    const file = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) });
    await driver.give([file("first.json", "{"), file("second.json", "[]")], "drops");
    const said = `document.querySelector("#model-trouble").textContent`;
    await driver.until(`/^first.json is no JSON: .*; second.json is to hold an object/.test(${said})`);
  }],
  ["page is empty, without troubles and not busy, once its last picture is removed", async (driver) => {
    await set(driver, "no_such=1");
    await driver.until(`document.querySelector("#model-trouble").textContent.includes("no_such")`);
    await driver.value(`void new MutationObserver((_, observer) => {
      if (!document.body.classList.contains("busy")) return;
      observer.disconnect();
      document.querySelector("#pictures [data-act=remove]").click();
    }).observe(document.body, { attributes: true })`);
    await set(driver, "");
    await driver.until(`document.querySelector("#empty").checkVisibility()`);
    assertEquals(await driver.value("document.querySelectorAll('.trouble:not([hidden])').length"), 0);
    assertEquals(await driver.value("document.body.classList.contains('busy')"), false);
    await driver.give([await drawn("tall.png", TALL)]);
    await driver.until(`document.querySelector("#shown").checkVisibility()`);
    await requireShown(driver, QWEN, [TALL]);
  }],
  ["page takes a dropped config with settings, and says which of them there are not", async (driver) => {
    const config = { image_processor_type: "CLIPImageProcessor", size: 224, crop_size: 224 };
    const bytes = new TextEncoder().encode(JSON.stringify(config));
    const shape = (side: number) =>
      driver.until(
        `document.querySelector("#outputs td:last-child")?.textContent === "1 × 3 × ${side} × ${side}"`,
      );
    await driver.give([{ name: "preprocessor_config.json", bytes }]);
    await shape(224);
    await set(driver, "crop_size=112");
    await shape(112);
    await set(driver, "crop_sise=112");
    await driver.until(`document.querySelector("#model-trouble").textContent.includes("crop_size")`);
    await set(driver, "");
    await shape(224);
    assertEquals(await driver.value("document.querySelector('#model-trouble').hidden"), true);
    const other = { image_processor_type: "SiglipImageProcessor", size: { height: 96, width: 96 } };
    const processor = new TextEncoder().encode(JSON.stringify({ image_processor: other }));
    await driver.give([{ name: "processor_config.json", bytes: processor }]);
    await shape(96);
    const [name] = await texts(driver, "#dropped small");
    assertEquals(name, "processor_config.json");
  }],
  ["page can reach nothing but its own server, and has asked for nothing else", async (driver) => {
    const asked: string[] = [];
    await using other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
      asked.push(url);
      return new Response("", { headers: { "access-control-allow-origin": "*" } });
    });
    const address = `http://127.0.0.1:${other.addr.port}/`;
    const outcomes = await driver.value<string[]>(`(async () => {
      const outcome = (tried) => tried.then(() => "done", () => "refused");
      const loaded = (element) => outcome(new Promise((done, refused) => {
        Object.assign(element, { onload: done, onerror: refused });
        document.head.append(element);
      }));
      const make = (name, fields) => Object.assign(document.createElement(name), fields);
      return [
        await outcome(fetch("${address}")),
        await outcome(new Promise((done, refused) => {
          const socket = new WebSocket("${address.replace("http", "ws")}");
          Object.assign(socket, { onopen: done, onerror: refused });
        })),
        await loaded(make("img", { src: "${address}" })),
        await loaded(make("script", { src: "${address}" })),
        await loaded(make("link", { rel: "stylesheet", href: "${address}" })),
        await outcome((async () => new Worker("${address}"))()),
        await outcome((async () => eval("1"))()),
      ];
    })()`);
    assertEquals(outcomes, Array(7).fill("refused"));
    assertEquals(asked, []);
    const origin = await driver.value<string>("location.origin");
    const tried = (url: string) => url.startsWith(address) || url.startsWith(address.replace("http", "ws"));
    const elsewhere = driver.requested.filter((url) =>
      !url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)
    );
    assertEquals(elsewhere.filter((url) => !tried(url)), []);
  }],
];

/** Reads a safetensors file once it is whole: Chromium writes it while this waits. */
async function savedFile(path: string): Promise<SafetensorsFile> {
  for (let tries = 1;; tries++) {
    try {
      return await readSafetensors(path);
    } catch (error) {
      if (tries === 1000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
