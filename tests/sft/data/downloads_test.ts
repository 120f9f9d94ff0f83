import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { VitrailError } from "../../../src/errors.ts";
import { Downloads } from "../../../src/sft/data/downloads.ts";
import { turns, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

/** A server of pictures, and the paths that it was asked for. */
class Server implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #closing = Promise.withResolvers<void>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly picture: Uint8Array<ArrayBuffer>) {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, async (request) => {
      const { pathname } = new URL(request.url);
      this.asked.push(pathname);
      if (pathname === "/slow.png") await this.#closing.promise;
      return pathname === "/none.png" ? new Response("no", { status: 404 }) : new Response(this.picture);
    });
  }

  address(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.resolve();
    await this.#server.shutdown();
  }
}

async function server(): Promise<Server> {
  return new Server(new Uint8Array(await encodePng(40, 30, new Uint8Array(40 * 30 * 4).fill(90))));
}

Deno.test("Downloads keeps each picture, and refuses what is long, slow or not there", () =>
  inFolder(async (folder) => {
    await using pictures = await server();
    const downloads = new Downloads(join(folder, "kept"));
    const path = await downloads.file(pictures.address("a.png"));
    assertEquals(await Deno.readFile(path), pictures.picture);
    assertEquals(await downloads.file(pictures.address("a.png")), path);
    assertEquals(pictures.asked, ["/a.png"]);
    const refused = async (name: string, text: string, limits?: { most: number; timeout: number }) => {
      const download = new Downloads(join(folder, "kept"), limits).file(pictures.address(name));
      const { message } = await assertRejects(() => download, VitrailError);
      assert(message.includes(pictures.address(name)) && message.includes(text), message);
    };
    await refused("none.png", "the server says 404");
    await refused("long.png", "has more than 20 bytes", { most: 20, timeout: 5000 });
    await refused("slow.png", "it takes more than 0.05 s", { most: 2000, timeout: 50 });
    assertEquals([...Deno.readDirSync(join(folder, "kept"))].length, 1);
    const controller = new AbortController(), reason = new Error("enough");
    const waiting = downloads.file(pictures.address("slow.png"), controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    assertEquals(await assertRejects(() => waiting), reason);
  }));

Deno.test("vitrail sft takes pictures from the network with --allow-net alone", () =>
  inFolder(async (folder) => {
    await using pictures = await server();
    const conversations = turns("<ImageHere>?", "!"), image = pictures.address("a.png");
    const set = await writeSamples(folder, "set.json", [{ id: 1, conversations, image }]);
    const out = join(folder, "shards"), args = ["sft", set, "--out", out, "--executor", "simd", "--json"];
    const without = await vitrail(...args);
    assertEquals([without.status, pictures.asked], [1, []]);
    assert(without.err.includes(`image is on the network, ${image}; give --allow-net`), without.err);
    const { status, out: said, err } = await vitrail(...args, "--allow-net");
    assertEquals(status, 0, err);
    assertEquals(JSON.parse(said).pictures, 1);
    const again = await vitrail(...args, "--allow-net");
    assertEquals([again.status, pictures.asked], [0, ["/a.png"]]);
  }));
