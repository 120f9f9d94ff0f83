// The means of a canvas's cells, each as a pixel of another canvas. Cells at the right and lower edge are cut
// off. Sums and products are whole numbers of 32 bits, as Pillow has them.
//
//   source  [words] u32    pixels of packed RGB, from the line on at which the dispatch begins
//   means   [words] u32    likewise, from the canvas's line `lineFrom` on, and 255 above them
//
// Grid: x over columns of the means' canvas, y over its lines from `lineFrom` on.
// Reference twin: src/reference/cell_means.ts

struct Params {
  size: vec2u,    // of the source: width, height
  cell: vec2u,    // width, height
  columns: u32,   // of the means' canvas
  lineFrom: u32,
  source: u32,    // words before the source's first pixel
  means: u32,     // and before that of the means
  factors: vec4u, // of means: in whole cells, at the right edge, at the lower edge, in the corner
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> means: array<u32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columns) { return; }
  let corner = vec2u(id.x, params.lineFrom + id.y) * params.cell;
  let extent = min(params.cell, params.size - corner);
  let isCut = vec2u(extent < params.cell);
  let start = params.source + id.y * params.cell.y * params.size.x + corner.x;
  var sums = vec3u(extent.x * extent.y / 2u);
  for (var y = 0u; y < extent.y; y++) {
    for (var x = 0u; x < extent.x; x++) {
      let pixel = source[start + y * params.size.x + x];
      sums += (vec3u(pixel) >> vec3u(0u, 8u, 16u)) & vec3u(255u);
    }
  }
  let found = (sums * params.factors[isCut.x + 2u * isCut.y]) >> vec3u(24u);
  let color = found.r | (found.g << 8u) | (found.b << 16u) | 0xff000000u;
  means[params.means + id.y * params.columns + id.x] = color;
}
