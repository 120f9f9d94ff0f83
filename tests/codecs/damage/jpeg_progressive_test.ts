import { assertEquals } from "@std/assert";
import { visitBlocks } from "../../../src/codecs/damage/jpeg_blocks.ts";
import { visitProgressiveBlocks } from "../../../src/codecs/damage/jpeg_progressive.ts";
import { python, withPython } from "../../support/python.ts";

/** Prints JPEGs as hex, sequential and progressive ones in pairs, of several samplings and odd sizes. */
const PROGRAM = `
import io, json
from PIL import Image
def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue().hex()
pairs = []
for at, size in enumerate([(61, 43), (32, 32), (17, 70)]):
    grey = Image.effect_noise(size, 60)
    colour = Image.merge("RGB", [grey, Image.linear_gradient("L").resize(size), Image.effect_noise(size, 20)])
    for image in (grey, colour):
        options = {"quality": 40 + 25 * at, "subsampling": at}
        pairs.append([jpeg(image, progressive=progressive, **options) for progressive in (False, True)])
print(json.dumps(pairs))
`;

await withPython("visitProgressiveBlocks reads the very blocks of the sequential JPEG", async () => {
  for (const pair of JSON.parse(await python(PROGRAM)) as [string, string][]) {
    const [sequential, progressive] = pair.map((hex) => Uint8Array.fromHex(hex));
    const right: string[] = [], found: string[] = [];
    visitBlocks(sequential, (block) => right.push(block.join()));
    visitProgressiveBlocks(progressive, (block) => found.push(block.join()));
    // One comes by components, and has blocks of zeros that fill the last unit of one component.
    const notZero = (block: string) => /[1-9]/.test(block);
    assertEquals(found.filter(notZero).sort(), right.filter(notZero).sort());
  }
}, "PIL");
