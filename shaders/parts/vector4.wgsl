// Ends the code of vertical.wgsl or rearrange.wgsl, which then moves four adjacent words at a time.

const WIDTH = 4u;
alias Vector = vec4u;

// A group's four words, of which `i` is always 0.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return words;
}
