// Unpacks RGB bytes, three to a pixel as they go up to the device, into a texture.
//
//   packed   [bytes / 4] u32
//            lines of RGB bytes, `pitch` bytes from one to the next: a pixel may begin within a word
//   texels   [height, width] rgba8unorm
//            the rectangle's pixels, opaque
//
// An invocation makes one texel. It loads one word, or two where its pixel lies in both:
//
//     words     │ R0 G0 B0 R1 │ G1 B1 R2 G2 │ B2 R3 G3 B3 │
//     pixels    │   0    │    1    │    2    │    3   │
//
// Grid: x over the rectangle's columns, y over its lines.
// Reference twin: src/reference/raster.ts

struct Params {
  size: vec2u,  // of the rectangle
  top: u32,     // the texture's line that the first of these lines goes to
  pitch: u32,   // bytes
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> packed: array<u32>;
@group(0) @binding(2) var texels: texture_storage_2d<rgba8unorm, write>;

const OPAQUE = 0xff000000u;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size.x) { return; }
  let byte = id.y * params.pitch + id.x * 3u;
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  var color = packed[word] >> shift;
  if (shift > 8u) { color |= packed[word + 1u] << (32u - shift); }
  textureStore(texels, vec2u(id.x, params.top + id.y), unpack4x8unorm(color | OPAQUE));
}
