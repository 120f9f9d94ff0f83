// Moves a tensor's elements into another order, line by line of the output. The input offset of an element is
// the offset at which its line begins plus the one of its column. One of vector1, vector2 and vector4.wgsl
// ends this file and says how many elements, which are adjacent in both tensors, move at once.
//
//   columns  [longest line] r32uint
//            each column's input offset, from the line's first element
//   lines    [lines] rgba32uint
//            1024 texels wide: a line's offset in the input, in the output, and its length
//   input    [elements / WIDTH] Vector
//            a word for each element
//   output   [elements / WIDTH] Vector
//
//     output  │ line 0 │ line 1 │ …     output[line.y + column] = input[line.x + columns[column]]
//
// Grid: x over a line's vectors; y and z over lines, `layer` of them for each z.
// Reference twin: src/reference/rearrange.ts

struct Params {
  lines: u32,
  layer: u32, // lines of a layer of the grid
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
