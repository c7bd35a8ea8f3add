//! Up to eight MD5s at once, each in a lane of one or two vectors of four words.
//!
//! One stream cannot use more than a fraction of a processor, whose units wait for the chain of steps. Four streams
//! share the instructions of one vector; a second vector fills the time in which the first one waits.
//!
//! Each round is a loop of four times four steps. Unrolled, all the words and constants come to lie in registers that
//! do not exist: Node 24 and Chromium, which keep the order of the code, take half as long again, Node 20 an eighth
//! less. In the loop, both are read where they are used, and the code is a quarter as long.
//!
//! `unsafe` is needed for one thing, loading sixteen bytes as a vector: the intrinsic takes a raw pointer. Putting
//! the vector together from integers is safe and costs 6 % of the speed.

use core::arch::wasm32::{
    i32x4_add, i32x4_extract_lane, i32x4_shl, i32x4_shuffle, i32x4_sub, i64x2_shuffle, u32x4,
    u32x4_shr, u32x4_splat, v128, v128_and, v128_andnot, v128_load, v128_or, v128_xor,
};
use std::array::from_fn;
use std::hint::black_box;

use super::Md5;
use super::schedule::{START, STEPS, turn, word};

/// A word of each stream.
type Word<const N: usize> = [v128; N];
/// The state of each stream.
type State<const N: usize> = [Word<N>; 4];
/// A block of each stream.
type Block<const N: usize> = [Word<N>; 16];
/// The constants of a round in fours. The length of the slice is 4, but the compiler is not to know: it would unroll.
type Addends = Box<[[u32; 4]]>;

/// The most streams at once.
const MOST: usize = 8;

/// Several MD5s at once: in lanes of vectors in WebAssembly with `simd128`, elsewhere one after the other.
#[derive(Debug)]
pub struct Lanes {
    rounds: [Addends; 4],
}

impl Default for Lanes {
    fn default() -> Lanes {
        Lanes::new()
    }
}

impl Lanes {
    /// Ready to hash.
    #[must_use]
    pub fn new() -> Lanes {
        Lanes {
            rounds: STEPS.map(Addends::from),
        }
    }

    /// Adds to each MD5 its bytes: whole blocks in lanes, as long as at least two have some left. The order of the
    /// parts changes.
    pub fn update(&self, parts: &mut [(&mut Md5, &[u8])]) {
        for group in parts.chunks_mut(MOST) {
            self.update_group(group);
        }
    }

    fn update_group(&self, parts: &mut [(&mut Md5, &[u8])]) {
        if parts.len() > 1 {
            for (md5, bytes) in parts.iter_mut() {
                let room = (64 - md5.length) % 64;
                let (first, rest) = bytes.split_at(room.min(bytes.len()));
                md5.update(first);
                *bytes = rest;
            }
        }
        loop {
            let count = long_to_front(parts);
            let lanes = parts.get_mut(..count).unwrap_or_default();
            let Some(blocks) = lanes.iter().map(|part| part.1.len() / 64).min() else {
                break;
            };
            match lanes.len() {
                1 => break,
                2..5 => self.run::<1>(lanes, blocks),
                _ => self.run::<2>(lanes, blocks),
            }
        }
        for (md5, bytes) in parts {
            md5.update(bytes);
        }
    }

    /// Takes so many blocks of each part in `N` vectors. Lanes without a part repeat the first.
    fn run<const N: usize>(&self, parts: &mut [(&mut Md5, &[u8])], blocks: usize) {
        let mut inputs: [[&[[u8; 64]]; 4]; N] = [[&[]; 4]; N];
        let mut states = [[START; 4]; N];
        let first = parts.first().map(|part| part.1).unwrap_or_default();
        for (i, (input, state)) in inputs
            .as_flattened_mut()
            .iter_mut()
            .zip(states.as_flattened_mut())
            .enumerate()
        {
            let mut bytes = first;
            if let Some((md5, own)) = parts.get(i) {
                bytes = own;
                *state = md5.state;
            }
            *input = bytes.as_chunks().0.get(..blocks).unwrap_or_default();
        }

        let vectors = states.map(|lanes| transposed(lanes.map(|[a, b, c, d]| u32x4(a, b, c, d))));
        let mut state = by_word(vectors);
        let mut block = [[u32x4_splat(0); N]; 16];
        let ones = u32x4_splat(black_box(u32::MAX));
        for at in 0..blocks {
            gather(&inputs, at, &mut block);
            compress(&mut state, &block, &self.rounds, ones);
        }

        let states = by_vector(state).map(|lanes| {
            transposed(lanes).map(|word| {
                [
                    i32x4_extract_lane::<0>(word) as u32,
                    i32x4_extract_lane::<1>(word) as u32,
                    i32x4_extract_lane::<2>(word) as u32,
                    i32x4_extract_lane::<3>(word) as u32,
                ]
            })
        });
        for ((md5, bytes), state) in parts.iter_mut().zip(states.as_flattened()) {
            md5.state = *state;
            md5.blocks = md5.blocks.wrapping_add(blocks as u64);
            *bytes = bytes.get(blocks * 64..).unwrap_or_default();
        }
    }
}

/// Brings the parts that have whole blocks to the front, and counts them.
fn long_to_front(parts: &mut [(&mut Md5, &[u8])]) -> usize {
    let mut count = 0;
    for at in 0..parts.len() {
        if parts.get(at).is_some_and(|part| part.1.len() >= 64) {
            parts.swap(count, at);
            count += 1;
        }
    }
    count
}

/// Rows to columns.
#[inline(always)]
fn transposed([a, b, c, d]: [v128; 4]) -> [v128; 4] {
    let (ab, cd) = (
        i32x4_shuffle::<0, 4, 1, 5>(a, b),
        i32x4_shuffle::<0, 4, 1, 5>(c, d),
    );
    let (ab_high, cd_high) = (
        i32x4_shuffle::<2, 6, 3, 7>(a, b),
        i32x4_shuffle::<2, 6, 3, 7>(c, d),
    );
    [
        i64x2_shuffle::<0, 2>(ab, cd),
        i64x2_shuffle::<1, 3>(ab, cd),
        i64x2_shuffle::<0, 2>(ab_high, cd_high),
        i64x2_shuffle::<1, 3>(ab_high, cd_high),
    ]
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "below 4 and N")]
fn by_word<const N: usize>(vectors: [[v128; 4]; N]) -> State<N> {
    from_fn(|word| from_fn(|vector| vectors[vector][word]))
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "below 4 and N")]
fn by_vector<const N: usize>(state: State<N>) -> [[v128; 4]; N] {
    from_fn(|vector| from_fn(|word| state[word][vector]))
}

/// Puts a block of each stream into the vectors of its words. Not inlined: the words would be kept in registers that
/// do not exist. One call for all vectors: another one for the second takes 4 % of the speed.
#[inline(never)]
fn gather<const N: usize>(inputs: &[[&[[u8; 64]]; 4]; N], at: usize, block: &mut Block<N>) {
    for (vector, input) in inputs.iter().enumerate() {
        let [Some(a), Some(b), Some(c), Some(d)] = input.map(|blocks| blocks.get(at)) else {
            return;
        };
        let [a, b, c, d] = [a, b, c, d].map(|block| block.as_chunks::<16>().0);
        let rows = a.iter().zip(b).zip(c).zip(d);
        for (words, (((a, b), c), d)) in block.as_chunks_mut::<4>().0.iter_mut().zip(rows) {
            for (word, value) in words.iter_mut().zip(transposed([a, b, c, d].map(load))) {
                if let Some(word) = word.get_mut(vector) {
                    *word = value;
                }
            }
        }
    }
}

#[inline(always)]
#[expect(unsafe_code, reason = "the intrinsic takes a raw pointer")]
fn load(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the reference is to sixteen readable bytes, and the instruction asks for no alignment.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// The compression function.
#[inline(never)]
fn compress<const N: usize>(
    state: &mut State<N>,
    block: &Block<N>,
    rounds: &[Addends; 4],
    ones: v128,
) {
    let [first, second, third, fourth] = rounds;
    let mut x = *state;
    round::<0, N>(&mut x, block, first, ones);
    round::<1, N>(&mut x, block, second, ones);
    round::<2, N>(&mut x, block, third, ones);
    round::<3, N>(&mut x, block, fourth, ones);
    for (word, x) in state.as_flattened_mut().iter_mut().zip(x.as_flattened()) {
        *word = i32x4_add(*word, *x);
    }
}

#[inline(always)]
fn round<const ROUND: usize, const N: usize>(
    x: &mut State<N>,
    block: &Block<N>,
    addends: &Addends,
    ones: v128,
) {
    let [mut a, mut b, mut c, mut d] = *x;
    let mut at = 0;
    for [first, second, third, fourth] in addends {
        a = step::<ROUND, 0, N>([a, b, c, d], block, at, *first, ones);
        d = step::<ROUND, 1, N>([d, a, b, c], block, at, *second, ones);
        c = step::<ROUND, 2, N>([c, d, a, b], block, at, *third, ones);
        b = step::<ROUND, 3, N>([b, c, d, a], block, at, *fourth, ones);
        at += const { word(ROUND, 4) + 16 - word(ROUND, 0) };
    }
    *x = [a, b, c, d];
}

/// `b` is the newest value; what is known early is kept out of the chain as in `block.rs`, for more than the price of one
/// operation more. The words that four steps use lie `at` further on than those of the first.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "below 16 and N")]
fn step<const ROUND: usize, const STEP: usize, const N: usize>(
    [a, b, c, d]: State<N>,
    block: &Block<N>,
    at: usize,
    addend: u32,
    ones: v128,
) -> Word<N> {
    let words = &block[(at + const { word(ROUND, STEP) }) % 16];
    let addend = u32x4_splat(addend);
    let turn = const { turn(ROUND, STEP) };
    let sums: Word<N> = from_fn(|n| {
        let (b, c, d) = (b[n], c[n], d[n]);
        let early = i32x4_add(a[n], i32x4_add(addend, words[n]));
        let (early, function) = match ROUND {
            0 => (early, v128_xor(d, v128_and(b, v128_xor(c, d)))),
            1 => (i32x4_add(early, v128_andnot(c, d)), v128_and(b, d)),
            2 => (early, v128_xor(b, v128_xor(c, d))),
            _ => (early, v128_xor(c, v128_or(b, v128_xor(d, ones)))),
        };
        i32x4_sub(function, v128_xor(early, ones))
    });
    from_fn(|n| {
        let turned = v128_or(i32x4_shl(sums[n], turn), u32x4_shr(sums[n], 32 - turn));
        i32x4_add(b[n], turned)
    })
}
