//! The compression function for one stream.
//!
//! Its time is that of one chain: each of the 64 steps of a block waits for the one before, for four or five
//! operations. All else has to fit beside it, and not come before it in the code: whatever becomes ready at the same
//! time is begun in the order of the code.
//! - The two halves of round 2's function have no bit in common. They are added one after the other, not or-ed, and
//!   the half that is known early does not wait for the other.
//! - What does not depend on the step before is added up apart: as a sum of three, the compiler would add the constant
//!   last, in the chain, and put the other addition in front of the three steps before, which costs 5 % of the speed.
//!   So its complement is taken, by a number that the compiler does not know, and subtracted: x + y = x − !(y − 1).

use std::hint::black_box;

use super::schedule::{STEPS, turn, word};

/// Takes in whole blocks.
pub(super) fn compress(state: &mut [u32; 4], blocks: &[[u8; 64]]) {
    let ones = black_box(u32::MAX);
    let [mut a, mut b, mut c, mut d] = *state;
    for block in blocks {
        let mut x = [a, b, c, d];
        round::<0>(&mut x, block, ones);
        round::<1>(&mut x, block, ones);
        round::<2>(&mut x, block, ones);
        round::<3>(&mut x, block, ones);
        a = a.wrapping_add(x[0]);
        b = b.wrapping_add(x[1]);
        c = c.wrapping_add(x[2]);
        d = d.wrapping_add(x[3]);
    }
    *state = [a, b, c, d];
}

#[inline(always)]
fn round<const ROUND: usize>(x: &mut [u32; 4], block: &[u8; 64], ones: u32) {
    four_steps::<ROUND, 0>(x, block, ones);
    four_steps::<ROUND, 1>(x, block, ones);
    four_steps::<ROUND, 2>(x, block, ones);
    four_steps::<ROUND, 3>(x, block, ones);
}

#[inline(always)]
fn four_steps<const ROUND: usize, const FOUR: usize>(
    x: &mut [u32; 4],
    block: &[u8; 64],
    ones: u32,
) {
    let [a, b, c, d] = *x;
    let a = step::<ROUND, FOUR, 0>([a, b, c, d], block, ones);
    let d = step::<ROUND, FOUR, 1>([d, a, b, c], block, ones);
    let c = step::<ROUND, FOUR, 2>([c, d, a, b], block, ones);
    let b = step::<ROUND, FOUR, 3>([b, c, d, a], block, ones);
    *x = [a, b, c, d];
}

/// `b` is the newest value.
#[inline(always)]
#[expect(
    clippy::indexing_slicing,
    reason = "all indices are constants: round and steps below 4, the word below 16"
)]
fn step<const ROUND: usize, const FOUR: usize, const STEP: usize>(
    [a, b, c, d]: [u32; 4],
    block: &[u8; 64],
    ones: u32,
) -> u32 {
    let (words, _) = block.as_chunks::<4>();
    let word = u32::from_le_bytes(words[const { word(ROUND, 4 * FOUR + STEP) }]);
    let early = a
        .wrapping_add(word)
        .wrapping_add(const { STEPS[ROUND][FOUR][STEP] });
    let sum = match ROUND {
        0 => (d ^ (b & (c ^ d))).wrapping_sub(early ^ ones),
        1 => (b & d).wrapping_sub(early.wrapping_add(c & !d) ^ ones),
        2 => (b ^ (c ^ d)).wrapping_sub(early ^ ones),
        _ => (c ^ (b | !d)).wrapping_sub(early ^ ones),
    };
    sum.rotate_left(const { turn(ROUND, STEP) }).wrapping_add(b)
}
