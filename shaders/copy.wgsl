// Copies vectors of four words as they are: the yardstick for kernels whose speed memory bounds.
// The benches alone dispatch it (bench/copy.ts), by the recorder of all kernels, and so time it as those.
//
//   source  [count] vec4u
//   copied  [count] vec4u
//
// Grid: x and y over vectors, `width` of them in a line of the grid.
// Reference twin: src/reference/rearrange.ts with a pattern that moves nothing

struct Params {
  count: u32, // vectors
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4u>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (id.x >= params.width || at >= params.count) { return; }
  copied[at] = source[at];
}
