import { assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { serve } from "../../../src/serve/server.ts";
import { Service } from "../../../src/serve/service.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { python, withPython } from "../python.ts";
import { PICTURES_ALONE } from "./served.ts";
import { PICTURES } from "../vitrail.ts";

const PAGE = await Deno.readTextFile(new URL("../../../src/serve/README.md", import.meta.url));

/** Returns the code of the page's one client in a language, which asks a service at another address. */
function clientIn(language: string, url: string): string {
  const [, code] = new RegExp("```" + language + "[^\n]*\n([^]*?)```").exec(PAGE)!;
  return code.replace("http://127.0.0.1:8018", url.replace(/\/$/, "")).replace(
    "panorama.jpg",
    `${PICTURES}/panorama.jpg`,
  );
}

/** Runs with a service, and the plan of the panorama. */
async function onService(
  run: (url: string, tokens: number, shape: number[]) => Promise<void>,
): Promise<void> {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const server = serve(new Service(PICTURES_ALONE, engine), "127.0.0.1", 0);
  const { images, outputs } = planSample(PICTURES_ALONE.recipe, [{ width: 2400, height: 500 }]);
  try {
    await run(server.url, images[0].tokens!, outputs.pixel_values.shape);
  } finally {
    await server.stop(0);
  }
}

await withPython("Service answers the page's client in Python", async () => {
  await onService(async (url, tokens, shape) => {
    assertEquals(await python(clientIn("python", url)), `${tokens}\n(${shape.join(", ")})\n`);
  });
});

Deno.test("Service answers the page's client in TypeScript", async () => {
  await onService(async (url, _, shape) => {
    const args = ["eval", "--quiet", "--no-config", clientIn("ts", url)];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } })
      .output();
    const text = new TextDecoder(), [found, failure] = [stdout, stderr].map((bytes) => text.decode(bytes));
    assertEquals(found, `[ ${shape.join(", ")} ] ${shape[0] * shape[1]}\n`, failure);
  });
});
