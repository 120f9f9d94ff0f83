// A tensor's elements in another order, line by line of the output: an element of a line comes from where the line begins in
// the input, and its column's offset from there. Elements move by runs: which of vector1, vector2 and vector4.wgsl is appended says
// how many lie side by side in both tensors.
//
//   columns  [longest line] r32uint         input offset of a line's element
//   lines    [lines] rgba32uint, 1024 a row  from (input), to (output), length
//   input    runs of u32 words              one element a word
//   output   runs of u32 words
//
// Grid: x over a line's runs; y and z over lines, `layer` of them for each z.
// Reference twin: src/reference/rearrange.ts

struct Params {
  lines: u32,
  layer: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var columns: texture_1d<u32>;
@group(0) @binding(2) var lines: texture_2d<u32>;
@group(0) @binding(3) var<storage, read> input: array<Vector>;
@group(0) @binding(4) var<storage, read_write> output: array<Vector>;

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.z * params.layer + id.y;
  if (index >= params.lines) { return; }
  let line = textureLoad(lines, vec2u(index & 1023u, index >> 10u), 0);
  let column = id.x * WIDTH;
  if (column >= line.z) { return; }
  output[(line.y + column) / WIDTH] = input[(line.x + textureLoad(columns, column, 0).r) / WIDTH];
}
