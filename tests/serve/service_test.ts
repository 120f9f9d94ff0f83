import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { NotLoaded } from "../../src/runtime/loaded.ts";
import { serve } from "../../src/serve/server.ts";
import { Service } from "../../src/serve/service.ts";
import { fixtureBytes } from "../support/pictures/fixtures.ts";
import {
  answered,
  dataUri,
  imageMessage,
  jsonPost,
  LocalService,
  PICTURES_ALONE,
} from "../support/serve/served.ts";

const png = await fixtureBytes("rgba.png"), picture = { messages: [imageMessage(dataUri(png))] };

/** Runs with a service on a port of its own. */
async function onServer(
  options: ConstructorParameters<typeof Service>[2],
  run: (url: string, stop: (wait: number) => Promise<number>) => Promise<void>,
): Promise<void> {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const server = serve(new Service(PICTURES_ALONE, engine, options), "127.0.0.1", 0);
  try {
    await run(server.url, (wait) => server.stop(wait));
  } finally {
    await server.stop(0);
  }
}

/** Resolves once a service has a picture that waits. */
async function untilWaiting(url: string): Promise<void> {
  while (!(await (await fetch(`${url}metrics`)).text()).includes("vitrail_waiting_pictures 1\n")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("Service answers what there is, and says so of what there is not", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const served = new LocalService(PICTURES_ALONE, engine);
  assertEquals((await served.ask("/healthz")).json, { status: "ok" });
  const lost = await served.ask("/plans"), got = await served.ask("/plan");
  assertEquals([lost.status, got.status, got.headers.get("allow")], [404, 405, "POST"]);
  assertEquals((await served.ask("/healthz", { method: "HEAD" })).status, 200);
  assertStringIncludes(lost.json.error.message, "POST /plan");
  await served.post("/plan", { sizes: [{ width: 5, height: 5 }] });
  const { bytes, headers } = await served.ask("/metrics"), text = new TextDecoder().decode(bytes);
  assertStringIncludes(headers.get("content-type")!, "text/plain");
  assertStringIncludes(text, `vitrail_requests_total{route="/plan",code="200"} 1`);
  assertStringIncludes(text, `vitrail_requests_total{route="other",code="404"} 1`);
  assertStringIncludes(text, `vitrail_in_flight_requests 1`);
});

Deno.test("Service logs a library that cannot be loaded, and tells the client no more of it", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const failed: unknown[] = [], error = new NotLoaded("the PNG decoder cannot be loaded: /a/b.wasm");
  engine.runPlan = () => Promise.reject(error);
  const served = new LocalService(PICTURES_ALONE, engine, { onFailure: (error) => failed.push(error) });
  const { status, json } = await served.post("/preprocess", picture);
  const message = "a library of the service cannot be loaded; its log says why";
  assertEquals([status, json, failed], [503, { error: { code: "io", message } }, [error]]);
});

Deno.test("Service refuses bodies that are too long, announced or not", async () => {
  await onServer({ limits: { maxBody: 1000 } }, async (url) => {
    const long = await answered(await fetch(`${url}plan`, jsonPost({ sizes: Array(600).fill(1) })));
    assertEquals([long.status, long.json.error.code], [413, "limit"]);
    const endless = ReadableStream.from(Array(100).fill(new Uint8Array(100)));
    const headers = { "content-type": "application/json" };
    const { status } = await answered(await fetch(`${url}plan`, { method: "POST", headers, body: endless }));
    assertEquals(status, 413);
    assertEquals((await answered(await fetch(`${url}healthz`))).status, 200);
  });
});

Deno.test("Service gives up bodies that do not come, and work that takes too long", async () => {
  await onServer({ limits: { timeout: 150 }, batchWait: 400, batchPictures: 9 }, async (url) => {
    const { port } = new URL(url), slow = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const head =
      "POST /plan HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    await slow.write(new TextEncoder().encode(head));
    const bytes = new Uint8Array(1000), count = await slow.read(bytes);
    assertStringIncludes(new TextDecoder().decode(bytes.subarray(0, count!)), "408");
    slow.close();
    const late = await answered(await fetch(`${url}preprocess`, jsonPost(picture)));
    assertEquals([late.status, late.json.error.code], [504, "limit"]);
  });
});

Deno.test("Service tells clients beyond its limit to come again", async () => {
  await onServer({ limits: { inFlight: 2 }, batchWait: 100, batchPictures: 9 }, async (url) => {
    const asked = Array.from(
      { length: 4 },
      () => fetch(`${url}preprocess`, jsonPost(picture)).then(answered),
    );
    const answers = await Promise.all(asked);
    assertEquals(answers.map(({ status }) => status).sort(), [200, 200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429)!;
    assertEquals([refused.headers.get("retry-after"), refused.json.error.code], ["1", "limit"]);
    assertEquals((await answered(await fetch(`${url}preprocess`, jsonPost(picture)))).status, 200);
  });
});

Deno.test("Service lets bodies wait until it has memory for them", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(picture)).length;
  await onServer({ limits: { inFlightBytes: Math.ceil(bytes * 1.5) + 200_000 } }, async (url) => {
    const asked = Array.from(
      { length: 6 },
      () => fetch(`${url}preprocess`, jsonPost(picture)).then(answered),
    );
    assertEquals((await Promise.all(asked)).map(({ status }) => status), Array(6).fill(200));
  });
});

Deno.test("Service ends the work of a client that has gone", async () => {
  await onServer({ batchWait: 60_000, batchPictures: 9 }, async (url) => {
    // So small that it comes with the request's head: of others Deno does not tell.
    const png = await encodePng(2, 2, new Uint8Array(16));
    const body = JSON.stringify({ messages: [imageMessage(dataUri(png))] }),
      type = "content-type: application/json";
    const head = `POST /preprocess HTTP/1.1\r\nhost: a\r\n${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const client = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
    await new Blob([head, body]).stream().pipeTo(client.writable, { preventClose: true });
    await untilWaiting(url);
    client.close();
    const deadline = performance.now() + 5000;
    for (;;) {
      const text = await (await fetch(`${url}metrics`)).text();
      if (text.includes(`code="499"`)) {
        assertStringIncludes(text, "vitrail_in_flight_requests 1\n"); // this one
        break;
      }
      assert(performance.now() < deadline, text);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});

Deno.test("Service that stops finishes what it has, and refuses what is new", async () => {
  await onServer({ batchWait: 500, batchPictures: 9 }, async (url, stop) => {
    const kept = fetch(`${url}preprocess`, jsonPost(picture)).then(answered);
    await untilWaiting(url);
    const stopping = stop(5000);
    const [refused, health] = await Promise.all([
      fetch(`${url}plan`, jsonPost({ sizes: [] })).then(answered),
      fetch(`${url}healthz`).then(answered),
    ]);
    assertEquals([refused.status, health.status, health.json.status], [503, 503, "stopping"]);
    assertEquals((await kept).status, 200);
    assertEquals(await stopping, 0);
  });
});

Deno.test("Service that stops ends what takes longer than it waits", async () => {
  await onServer({ batchWait: 60_000, batchPictures: 9 }, async (url, stop) => {
    const kept = fetch(`${url}preprocess`, jsonPost(picture)).then(answered);
    await untilWaiting(url);
    assertEquals(await stop(50), 1);
    assertEquals((await kept).status, 503);
  });
});

Deno.test("Service fetches from the hosts that it is allowed, and follows no redirection", async () => {
  await using pictures = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (request.url.endsWith("/a.png")) return new Response(png as BodyInit);
    return Response.redirect(new URL("/a.png", request.url), 302);
  });
  const host = `127.0.0.1:${(pictures.addr as Deno.NetAddr).port}`;
  await using engine = await Engine.open({ executor: "reference" });
  const served = new LocalService(PICTURES_ALONE, engine, { hosts: [host] });
  const ask = (name: string) => served.post("/plan", { messages: [imageMessage(`http://${host}/${name}`)] });
  assertEquals((await ask("a.png")).status, 200);
  const { status, json } = await ask("b.png");
  assertEquals([status, json.error.code], [422, "io"]);
});
