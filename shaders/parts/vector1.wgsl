// Ends the code of vertical.wgsl or rearrange.wgsl, which then moves one word at a time.

const WIDTH = 1u;
alias Vector = u32;

// The i-th word of a group's four.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return words[i];
}
