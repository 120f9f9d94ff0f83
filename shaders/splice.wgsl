// Splices features of the vision encoder into one sequence of tokens: 2×2 patches to a token, newlines,
// separators. Two patches side by side are a pair of 2C channels; a token is its upper pair and then its
// lower one. It takes no jobs: a dispatch makes tokens `first` to `end`, which is not included.
//
//     patches of a tile     pairs of it            tokens of it
//      a b │ c d │ …         0    │ 1    │ …        a b e f │ c d g h │ …
//      e f │ g h │ …         side │ …               └ upper ┘
//
// `main` moves units of four words. `words` moves single words, for pairs that are no whole number of four.
//
//   sources    [tokens] u32                      each token's upper pair, or NEWLINE, or SEPARATOR
//   features   [rows, 2 · side, side, units]     from unit `base` on, where the pair `firstPair` begins
//   newline    [2, units]
//   separator  [2, units]
//   tokens     [tokens, 2, units]                those from `first` on are written
//
// Grid: x over a pair's units; y and z over tokens, `layer` of them for each z.
// Reference twin: src/engine/splice/splice_reference.ts

const NEWLINE = 0xffffffffu;
const SEPARATOR = 0xfffffffeu;

struct Params {
  first: u32,     // the first token to write
  end: u32,       // the token after the last
  layer: u32,     // tokens of a layer of the grid
  units: u32,     // of a pair
  side: u32,      // pairs in a line of a tile's patches
  firstPair: u32, // the first pair that `features` holds
  base: u32,      // units before it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sources: array<u32>;

@group(0) @binding(2) var<storage, read> features: array<vec4u>;
@group(0) @binding(3) var<storage, read> newline: array<vec4u>;
@group(0) @binding(4) var<storage, read> separator: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> tokens: array<vec4u>;

// The same bindings, as `words` sees them.
@group(0) @binding(2) var<storage, read> featureWords: array<u32>;
@group(0) @binding(3) var<storage, read> newlineWords: array<u32>;
@group(0) @binding(4) var<storage, read> separatorWords: array<u32>;
@group(0) @binding(5) var<storage, read_write> tokenWords: array<u32>;

// The work of one invocation: it moves a unit of a token's upper pair, and the same unit of the lower one.
struct Place {
  source: u32, // the token's
  unit: u32,   // of a pair: what to read of `newline` and `separator`
  upper: u32,  // what to read of `features`
  lower: u32,
  to: u32,     // where to write in `tokens`; the lower pair's unit is `params.units` after it
  none: bool,  // true where there is nothing to do
}

fn placeOf(id: vec3u) -> Place {
  let token = params.first + id.z * params.layer + id.y;
  if (id.x >= params.units || token >= params.end) { return Place(0u, 0u, 0u, 0u, 0u, true); }
  let source = sources[token];
  let upper = params.base + (source - params.firstPair) * params.units + id.x;
  let lower = upper + params.side * params.units;
  return Place(source, id.x, upper, lower, token * 2u * params.units + id.x, false);
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = placeOf(id);
  if (place.none) { return; }
  var upper: vec4u;
  var lower: vec4u;
  switch place.source {
    case NEWLINE: { upper = newline[place.unit]; lower = newline[place.unit + params.units]; }
    case SEPARATOR: { upper = separator[place.unit]; lower = separator[place.unit + params.units]; }
    default: { upper = features[place.upper]; lower = features[place.lower]; }
  }
  tokens[place.to] = upper;
  tokens[place.to + params.units] = lower;
}

@compute @workgroup_size(64, 1, 1)
fn words(@builtin(global_invocation_id) id: vec3u) {
  let place = placeOf(id);
  if (place.none) { return; }
  var upper: u32;
  var lower: u32;
  switch place.source {
    case NEWLINE: { upper = newlineWords[place.unit]; lower = newlineWords[place.unit + params.units]; }
    case SEPARATOR: { upper = separatorWords[place.unit]; lower = separatorWords[place.unit + params.units]; }
    default: { upper = featureWords[place.upper]; lower = featureWords[place.lower]; }
  }
  tokenWords[place.to] = upper;
  tokenWords[place.to + params.units] = lower;
}
