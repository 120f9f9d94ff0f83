// Makes each cell of a canvas a pixel of another canvas: the mean of its pixels. Cells at the right and lower
// edges may be smaller. Sums and products are whole numbers of 32 bits, as Pillow has them.
//
//   source  [words] u32    canvases side by side: packed RGB and 255 above it
//   means   [words] u32    likewise
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 64 columns of every line of means.
// Reference twin: src/reference/cell_means.ts

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  source: u32,       // word of the first pixel
  sourceWidth: u32,  // pixels of a line
  sourceHeight: u32, // lines from the first pixel on
  cellWidth: u32,
  cellHeight: u32,
  means: u32,        // word of the first mean
  columns: u32,      // means of a line
  lineCount: u32,    // of means
  wholeFactor: u32,  // by which a sum becomes a mean: of whole cells,
  rightFactor: u32,  // of those at the right edge,
  lowerFactor: u32,  // at the lower edge,
  cornerFactor: u32, // and in the corner
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> means: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 63u) / 64u;
  let at = vec2u(group % strips * 64u + lane, group / strips);
  if (at.x >= job.columns || at.y >= job.lineCount) { return; }
  let cell = vec2u(job.cellWidth, job.cellHeight);
  let first = at * cell; // the cell's first pixel
  let extent = min(cell, vec2u(job.sourceWidth, job.sourceHeight) - first);
  let start = job.source + first.y * job.sourceWidth + first.x;
  var sums = vec3u(extent.x * extent.y / 2u);
  for (var y = 0u; y < extent.y; y++) {
    for (var x = 0u; x < extent.x; x++) {
      let pixel = source[start + y * job.sourceWidth + x];
      sums += (vec3u(pixel) >> vec3u(0u, 8u, 16u)) & vec3u(255u);
    }
  }
  let isCut = extent < cell;
  let upper = select(job.wholeFactor, job.rightFactor, isCut.x); // of cells that are not at the lower edge
  let lower = select(job.lowerFactor, job.cornerFactor, isCut.x);
  let color = (sums * select(upper, lower, isCut.y)) >> vec3u(24u);
  means[job.means + at.y * job.columns + at.x] =
    color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
}
