// Packs floats into words: two f16 or bf16, or four u8. It serves outputs some of whose words hold elements
// that are not adjacent on a canvas. Words of other outputs are stored by the kernels that make them.
//
//   values  [count] f32
//   words   [ceil(count / per)] u32   elements, the first in the lowest bits
//
// Grid: x and y over words, `width` of them in a line of the grid.
// Reference twin: src/reference/rounding.ts

struct Params {
  count: u32,
  width: u32, // words of a line of the grid
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let per = perWord();
  let word = id.y * params.width + id.x;
  if (id.x >= params.width || word * per >= params.count) { return; }
  var bits = 0u;
  for (var k = 0u; k < per; k++) {
    let index = word * per + k;
    if (index < params.count) { bits |= elementOf(values[index]) << (k * (32u / per)); }
  }
  words[word] = bits;
}
