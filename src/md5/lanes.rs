//! Up to eight MD5s at once, each in a lane of one or two vectors of four words.
//!
//! One stream cannot use more than a fraction of a processor, whose units wait for the chain of steps. Four streams
//! share the instructions of one vector; a second vector fills the time in which the first one waits. Words and
//! constants are read from memory where they are used: a vector constant in the code takes an engine several
//! instructions, and 32 words do not fit into the registers.
//!
//! `unsafe` is needed for one thing, loading sixteen bytes as a vector: the intrinsic takes a raw pointer. Putting
//! the vector together from integers is safe and costs 6 % of the speed.

use core::arch::wasm32::{
    i32x4_add, i32x4_extract_lane, i32x4_shl, i32x4_shuffle, i32x4_sub, i64x2_shuffle, u32x4,
    u32x4_shr, u32x4_splat, v128, v128_and, v128_andnot, v128_load, v128_or, v128_xor,
};

use super::Md5;
use super::schedule::{ADDENDS, START, turn, word};

/// The states of four streams: the first words of all, the second words, and so on.
type Four = [v128; 4];
/// A block of four streams: the first words of all, the second words, and so on.
type Words = [v128; 16];
/// The constants of each round, by the word to which they are added.
type Addends = [[v128; 16]; 4];

/// The most streams at once.
const MOST: usize = 8;

/// Several MD5s at once: in lanes of vectors in WebAssembly with `simd128`, elsewhere one after the other.
#[derive(Debug)]
pub struct Lanes {
    /// On the heap, so that the compiler does not turn it into constants in the code.
    addends: Box<Addends>,
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
        let mut addends = Box::new(ADDENDS.map(|row| row.map(|addend| u32x4_splat(addend))));
        // The function of round 4 is taken as its complement: f = −1 − !f.
        let [.., last] = addends.as_mut();
        for addend in last {
            *addend = i32x4_sub(*addend, u32x4_splat(1));
        }
        Lanes { addends }
    }

    /// Adds to each MD5 its bytes. As many whole blocks as all have are taken in lanes, the rest one by one: best
    /// for parts of the same length.
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
            let blocks = parts
                .iter()
                .map(|part| part.1.len() / 64)
                .min()
                .unwrap_or(0);
            match parts.len() {
                ..5 => self.run::<1>(parts, blocks),
                _ => self.run::<2>(parts, blocks),
            }
        }
        for (md5, bytes) in parts {
            md5.update(bytes);
        }
    }

    /// Takes so many blocks of each part in `N` vectors. Lanes without a part repeat the first.
    fn run<const N: usize>(&self, parts: &mut [(&mut Md5, &[u8])], blocks: usize)
    where
        [Four; N]: Kernel<N>,
    {
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

        let mut vectors =
            states.map(|lanes| transposed(lanes.map(|[a, b, c, d]| u32x4(a, b, c, d))));
        let mut words = [[u32x4_splat(0); 16]; N];
        for at in 0..blocks {
            for (words, input) in words.iter_mut().zip(&inputs) {
                if let [Some(a), Some(b), Some(c), Some(d)] = input.map(|blocks| blocks.get(at)) {
                    gather([a, b, c, d], words);
                }
            }
            vectors.compress(&words, &self.addends);
        }

        let states = vectors.map(|lanes| {
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

/// Four blocks, word by word. Not inlined: the words would be kept in registers that do not exist.
#[inline(never)]
fn gather(blocks: [&[u8; 64]; 4], words: &mut Words) {
    let [a, b, c, d] = blocks.map(|block| block.as_chunks::<16>().0);
    let rows = a.iter().zip(b).zip(c).zip(d);
    for (words, (((a, b), c), d)) in words.as_chunks_mut::<4>().0.iter_mut().zip(rows) {
        *words = transposed([a, b, c, d].map(load));
    }
}

#[inline(always)]
#[expect(unsafe_code, reason = "the intrinsic takes a raw pointer")]
fn load(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the reference is to sixteen readable bytes, and the instruction asks for no alignment.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// The compression function for several vectors of streams.
trait Kernel<const N: usize> {
    fn compress(&mut self, words: &[Words; N], addends: &Addends);
}

impl Kernel<1> for [Four; 1] {
    #[inline(never)]
    fn compress(&mut self, [words]: &[Words; 1], addends: &Addends) {
        let [state] = self;
        let mut x = *state;
        round::<0>(&mut x, words, addends);
        round::<1>(&mut x, words, addends);
        round::<2>(&mut x, words, addends);
        round::<3>(&mut x, words, addends);
        add(state, x);
    }
}

impl Kernel<2> for [Four; 2] {
    #[inline(never)]
    fn compress(&mut self, [u, v]: &[Words; 2], addends: &Addends) {
        let [first, second] = self;
        let (mut x, mut y) = (*first, *second);
        round_of_two::<0>(&mut x, u, &mut y, v, addends);
        round_of_two::<1>(&mut x, u, &mut y, v, addends);
        round_of_two::<2>(&mut x, u, &mut y, v, addends);
        round_of_two::<3>(&mut x, u, &mut y, v, addends);
        add(first, x);
        add(second, y);
    }
}

#[inline(always)]
fn add(state: &mut Four, x: Four) {
    for (word, x) in state.iter_mut().zip(x) {
        *word = i32x4_add(*word, x);
    }
}

#[inline(always)]
fn round<const ROUND: usize>(x: &mut Four, words: &Words, addends: &Addends) {
    four_steps::<ROUND, 0>(x, words, addends);
    four_steps::<ROUND, 4>(x, words, addends);
    four_steps::<ROUND, 8>(x, words, addends);
    four_steps::<ROUND, 12>(x, words, addends);
}

#[inline(always)]
fn round_of_two<const ROUND: usize>(
    x: &mut Four,
    u: &Words,
    y: &mut Four,
    v: &Words,
    addends: &Addends,
) {
    four_steps::<ROUND, 0>(x, u, addends);
    four_steps::<ROUND, 0>(y, v, addends);
    four_steps::<ROUND, 4>(x, u, addends);
    four_steps::<ROUND, 4>(y, v, addends);
    four_steps::<ROUND, 8>(x, u, addends);
    four_steps::<ROUND, 8>(y, v, addends);
    four_steps::<ROUND, 12>(x, u, addends);
    four_steps::<ROUND, 12>(y, v, addends);
}

#[inline(always)]
fn four_steps<const ROUND: usize, const FIRST: usize>(
    x: &mut Four,
    words: &Words,
    addends: &Addends,
) {
    let [a, b, c, d] = *x;
    let a = step::<ROUND>(
        a,
        b,
        c,
        d,
        words,
        addends,
        const { word(ROUND, FIRST) },
        const { turn(ROUND, 0) },
    );
    let d = step::<ROUND>(
        d,
        a,
        b,
        c,
        words,
        addends,
        const { word(ROUND, FIRST + 1) },
        const { turn(ROUND, 1) },
    );
    let c = step::<ROUND>(
        c,
        d,
        a,
        b,
        words,
        addends,
        const { word(ROUND, FIRST + 2) },
        const { turn(ROUND, 2) },
    );
    let b = step::<ROUND>(
        b,
        c,
        d,
        a,
        words,
        addends,
        const { word(ROUND, FIRST + 3) },
        const { turn(ROUND, 3) },
    );
    *x = [a, b, c, d];
}

/// `b` is the newest value; see `block.rs`.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the names are those of the RFC")]
#[expect(
    clippy::indexing_slicing,
    reason = "round and word are constants below 4 and 16"
)]
fn step<const ROUND: usize>(
    a: v128,
    b: v128,
    c: v128,
    d: v128,
    words: &Words,
    addends: &Addends,
    word: usize,
    turn: u32,
) -> v128 {
    let early = i32x4_add(i32x4_add(a, addends[ROUND][word]), words[word]);
    let sum = match ROUND {
        0 => i32x4_add(early, v128_xor(d, v128_and(b, v128_xor(c, d)))),
        1 => i32x4_add(i32x4_add(early, v128_andnot(c, d)), v128_and(b, d)),
        2 => i32x4_add(early, v128_xor(b, v128_xor(c, d))),
        _ => i32x4_sub(early, v128_xor(c, v128_andnot(d, b))),
    };
    i32x4_add(b, v128_or(i32x4_shl(sum, turn), u32x4_shr(sum, 32 - turn)))
}
