import { assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { assertSameBytes } from "../compare/assert_same.ts";
import { WITHOUT_GPU } from "../executors.ts";
import { losingDevices } from "../gpu/losing_devices.ts";
import { fixtureBytes } from "../pictures/fixtures.ts";
import { dataUri, imageMessage, LocalService } from "./served.ts";
import { tensorsIn } from "./tensors_in.ts";

const recipe = customRecipe({ size: 56 });

Deno.test({
  name: "Service goes on where its device is lost, with the same bytes",
  ignore: WITHOUT_GPU,
  async fn() {
    using devices = losingDevices();
    await using right = await Engine.open({ executor: "simd", lanes: 0 });
    await using engine = await Engine.open({ executor: "webgpu", lanes: 0 });
    const served = new LocalService({ recipe }, engine), picture = await fixtureBytes("rgb-420.jpg");
    devices.lose(20);
    const { status, bytes, json } = await served.post("/preprocess", {
      messages: [imageMessage(dataUri(picture))],
    });
    devices.lose();
    assertEquals(status, 200, JSON.stringify(json));
    const { pixelValues } = await right.run(recipe, [picture]);
    assertSameBytes(tensorsIn(bytes).pixel_values.bytes, await pixelValues.bytes());
    const metrics = new TextDecoder().decode((await served.ask("/metrics")).bytes);
    assertStringIncludes(metrics, "vitrail_lost_devices_total 1");
  },
});
