//! The compression function for one stream.
//!
//! Its time is that of one chain: each of the 64 steps of a block waits for the one before. So all that does not
//! depend on the step before is kept out of the chain:
//! - word and constant are added up beforehand for the whole block, in a function of its own. Were it inlined, the
//!   compiler would reorder the sums and add the constant last, which costs one more addition in every step;
//! - the two halves of round 2's function have no bit in common. They are added one after the other, not or-ed, and
//!   the half that is known early does not wait for the other.

use super::schedule::{ADDENDS, turn, word};

/// The words of a block, each with the constant of its step added, by round.
type Words = [[u32; 16]; 4];

/// Takes in whole blocks.
pub(super) fn compress(state: &mut [u32; 4], blocks: &[[u8; 64]]) {
    let mut words = [[0; 16]; 4];
    let [mut a, mut b, mut c, mut d] = *state;
    for block in blocks {
        prepare(block, &mut words);
        let mut x = [a, b, c, d];
        round::<0>(&mut x, &words);
        round::<1>(&mut x, &words);
        round::<2>(&mut x, &words);
        round::<3>(&mut x, &words);
        a = a.wrapping_add(x[0]);
        b = b.wrapping_add(x[1]);
        c = c.wrapping_add(x[2]);
        d = d.wrapping_add(x[3]);
    }
    *state = [a, b, c, d];
}

#[inline(never)]
fn prepare(block: &[u8; 64], words: &mut Words) {
    let (bytes, _) = block.as_chunks::<4>();
    for (row, addends) in words.iter_mut().zip(&ADDENDS) {
        for ((word, bytes), addend) in row.iter_mut().zip(bytes).zip(addends) {
            *word = u32::from_le_bytes(*bytes).wrapping_add(*addend);
        }
    }
}

#[inline(always)]
fn round<const ROUND: usize>(x: &mut [u32; 4], words: &Words) {
    four_steps::<ROUND, 0>(x, words);
    four_steps::<ROUND, 4>(x, words);
    four_steps::<ROUND, 8>(x, words);
    four_steps::<ROUND, 12>(x, words);
}

#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    reason = "round and word are constants below 4 and 16"
)]
fn four_steps<const ROUND: usize, const FIRST: usize>(x: &mut [u32; 4], words: &Words) {
    let [a, b, c, d] = *x;
    let a = step::<ROUND>(
        a,
        b,
        c,
        d,
        words[ROUND][const { word(ROUND, FIRST) }],
        const { turn(ROUND, 0) },
    );
    let d = step::<ROUND>(
        d,
        a,
        b,
        c,
        words[ROUND][const { word(ROUND, FIRST + 1) }],
        const { turn(ROUND, 1) },
    );
    let c = step::<ROUND>(
        c,
        d,
        a,
        b,
        words[ROUND][const { word(ROUND, FIRST + 2) }],
        const { turn(ROUND, 2) },
    );
    let b = step::<ROUND>(
        b,
        c,
        d,
        a,
        words[ROUND][const { word(ROUND, FIRST + 3) }],
        const { turn(ROUND, 3) },
    );
    *x = [a, b, c, d];
}

/// `b` is the newest value.
#[inline(always)]
fn step<const ROUND: usize>(a: u32, b: u32, c: u32, d: u32, word: u32, turn: u32) -> u32 {
    let early = a.wrapping_add(word);
    let sum = match ROUND {
        0 => early.wrapping_add(d ^ (b & (c ^ d))),
        1 => early.wrapping_add(c & !d).wrapping_add(b & d),
        2 => early.wrapping_add(b ^ (c ^ d)),
        _ => early.wrapping_add(c ^ (b | !d)),
    };
    sum.rotate_left(turn).wrapping_add(b)
}
