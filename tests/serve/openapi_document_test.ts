import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { openapiDocument } from "../../src/serve/openapi/openapi_document.ts";
import { REQUEST_FIELDS } from "../../src/serve/openapi/request_schemas.ts";
import { ROUTES } from "../../src/serve/routes/routes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { LocalService, PICTURES_ALONE } from "../support/serve/served.ts";

Deno.test("openapiDocument is OpenAPI 3.1, and has every route", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const { status, json } = await new LocalService(PICTURES_ALONE, engine).ask("/openapi.json");
  assertEquals([status, json], [200, JSON.parse(JSON.stringify(openapiDocument(ROUTES)))]);
  const { valid, errors } = await new Validator().validate(structuredClone(json));
  assert(valid, JSON.stringify(errors));
  const listed = Object.entries<object>(json.paths).flatMap(([path, own]) =>
    Object.keys(own).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assertEquals(listed, ROUTES.map(({ method, path }) => `${method} ${path}`));
});

Deno.test("openapiDocument has every field that a service takes, and no other", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const service = new LocalService(PICTURES_ALONE, engine);
  const { paths } = JSON.parse(JSON.stringify(openapiDocument(ROUTES)));
  for (const path of ["/plan", "/preprocess"]) {
    const { properties } = paths[path].post.requestBody.content["application/json"].schema;
    for (const name of [...Object.keys(REQUEST_FIELDS), "model"]) {
      const { json } = await service.post(path, { [name]: null });
      const isUnknown = /has no option/.test(json.error.message);
      assertEquals(isUnknown, !(name in properties), `${path} ${name}: ${json.error.message}`);
    }
  }
});
