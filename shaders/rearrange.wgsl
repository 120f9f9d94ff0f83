// A tensor's elements in another order: an einops-style pattern as digits and strides.
//
//   digits  [rank, 2] u32     an output digit's size and the input stride it moves by, 0 for a repeat; last digit fastest
//   input   u32 words         one element a word
//   output  u32 words
//
// Grid: x and y over output elements, `width` a row.
// Reference twin: src/reference/rearrange.ts

struct Params {
  count: u32,
  rank: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> digits: array<vec2u>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (id.x >= params.width || at >= params.count) { return; }
  var rest = at;
  var element = 0u;
  for (var d = params.rank; d > 0u; d--) {
    let digit = digits[d - 1u];
    element += (rest % digit.x) * digit.y;
    rest /= digit.x;
  }
  output[at] = input[element];
}
