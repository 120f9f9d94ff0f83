import { countText } from "../../report/amounts.ts";
import { serve } from "../../serve/server.ts";
import { Service } from "../../serve/service.ts";
import type { Command } from "../command.ts";
import { type Arguments, requireNothing } from "../flags/arguments.ts";
import { ENGINE_FLAGS, openEngine } from "../flags/engine_flags.ts";
import { RECIPE_FLAGS } from "../flags/recipe_flags.ts";
import { DTYPE_FLAG, PICTURE_FLAGS } from "../flags/run_flags.ts";
import { msOf, portOf, SERVE_FLAGS, serviceOptionsOf } from "../flags/service/serve_flags.ts";
import { chosenModel, MODEL_FLAGS } from "../flags/service/served_model_flags.ts";
import { Interruption } from "../interruption.ts";
import { print, type Terminal } from "../output/terminal.ts";

/** `vitrail serve`: answers requests for plans and tensors over HTTP. */
export const serveCommand: Command = {
  name: "serve",
  usage: "[FLAGS]",
  summary: "answer requests for token counts and tensors over HTTP, until Ctrl-C or SIGTERM",
  details:
    "POST /plan gives grids, tokens and texts from headers alone, POST /preprocess a safetensors file. " +
    "GET /openapi.json describes them; GET /healthz and /metrics are for those who watch.",
  flags: [
    ...RECIPE_FLAGS,
    ...MODEL_FLAGS,
    ...SERVE_FLAGS,
    DTYPE_FLAG,
    ...ENGINE_FLAGS,
    ...PICTURE_FLAGS.filter(({ name }) => name !== "max-bytes"), // a body has its own
  ],
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  requireNothing(args);
  const options = serviceOptionsOf(args),
    port = portOf(args),
    wait = msOf(args, "stop-wait", 0);
  const { model, source } = await chosenModel(args);
  await using engine = await openEngine(args, terminal);
  const onFailure = (error: unknown) => terminal.err(error instanceof Error ? error.stack! : String(error));
  const server = serve(new Service(model, engine, { ...options, onFailure }), args.text("host")!, port);
  const { recipe, texts } = model, { promise: asked, resolve } = Promise.withResolvers<void>();
  await using _interruption = new Interruption(resolve);
  print(
    terminal,
    args.on("json"),
    { address: server.url, recipe: recipe.name, texts: texts !== undefined, ...(source && { source }) },
    () => `${server.url} answers for ${recipe.name}${texts ? "" : ", without texts"}; Ctrl-C ends it`,
  );
  await asked;
  terminal.err("stopping: requests that are answered go on, new ones are refused");
  const ended = await server.stop(wait);
  if (ended > 0) {
    terminal.err(`${countText(ended, "request")} took longer than --stop-wait and got no answer`);
  }
  return 0;
}
