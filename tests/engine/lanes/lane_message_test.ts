import { assertEquals } from "@std/assert";
import { areForOneUse, fileOf } from "../../../src/codecs/picture.ts";
import { workMessage, workOf } from "../../../src/engine/lanes/lane_message.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";

Deno.test("workOf gives bytes that are freed once they are decoded, and leaves a caller's", async () => {
  const bytes = await fixtureBytes("rgb-420.jpg"), { length } = bytes;
  const plan = planSample(customRecipe({ size: 56 }), [{ width: 40, height: 27 }]);
  const pictures = new Map([[0, bytes]]), options = {};
  const { message, transfer } = await workMessage(1, { plan, pictures, options }, []);
  const [own] = workOf(structuredClone(message, { transfer })).pictures.values();
  assertEquals([areForOneUse(own), fileOf(own), areForOneUse(bytes)], [true, undefined, false]);
  assertEquals([(own as Uint8Array).length, bytes.length], [length, length]);
});
