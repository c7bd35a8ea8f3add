//! Sixteen bytes of a text at once, and what they are: one bit each, the first byte lowest.
//!
//! `unsafe` is needed for one thing, loading sixteen bytes as a vector: the intrinsic takes a raw pointer.

use super::Place;
use crate::json::hash::Hash;

/// How many bytes a window has.
pub(super) const WIDTH: usize = 16;

/// A set of ASCII characters.
pub(crate) struct Class {
    /// By the lower half of a character, one bit for each upper half.
    low: [u8; WIDTH],
}

/// By the upper half of a character, its bit; no character beyond ASCII is in any class.
const HIGH: [u8; WIDTH] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

impl Class {
    /// Printable, and no grave accent: one byte, one column, and shown in a message as it is.
    pub(crate) const PLAIN: Class = Class::new(
        b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz{|}~",
    );

    /// The class of these characters.
    pub(crate) const fn new(mut characters: &[u8]) -> Class {
        let mut low = [0; WIDTH];
        while let [first, rest @ ..] = characters {
            let mut at = 0;
            let mut left: &mut [u8] = &mut low;
            while let [byte, more @ ..] = left {
                if at == *first & 0xF {
                    *byte |= 1 << (*first >> 4);
                }
                left = more;
                at += 1;
            }
            characters = rest;
        }
        Class { low }
    }

    /// The end of the characters of this class that begin at `at`.
    pub(crate) fn run(&self, bytes: &[u8], mut at: usize) -> usize {
        let text = Bytes::new(bytes);
        loop {
            let length = (!text.window(at).of(self)).trailing_zeros() as usize;
            at += length;
            // Zeros after the end of the text may be of the class.
            if length < WIDTH || at >= bytes.len() {
                return at.min(bytes.len());
            }
        }
    }
}

/// A text to be read in windows.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    /// Two windows that begin before this lie within the text.
    inner: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(all: &'a [u8]) -> Bytes<'a> {
        let inner = (all.len() + 1).saturating_sub(2 * WIDTH);
        Bytes { all, inner }
    }

    pub(super) fn all(self) -> &'a [u8] {
        self.all
    }

    pub(super) fn len(self) -> usize {
        self.all.len()
    }

    /// The byte at `at`, 0 after the end.
    #[inline(always)]
    pub(super) fn byte(self, at: usize) -> u8 {
        self.all.get(at).copied().unwrap_or_default()
    }

    pub(super) fn part(self, start: usize, end: usize) -> &'a [u8] {
        self.all.get(start..end).unwrap_or_default()
    }

    /// The hash of the key at a place.
    #[inline]
    pub(super) fn hash(self, hash: &Hash, key: Place) -> u64 {
        hash.of(self.all, key.start as usize, key.end as usize)
    }

    /// The eight bytes at `at`, 0 if there are fewer.
    pub(super) fn word(self, at: usize) -> u64 {
        let word = self.all.get(at..).and_then(<[u8]>::first_chunk);
        word.map_or(0, |word| u64::from_le_bytes(*word))
    }

    /// The window that begins at `at`.
    #[inline(always)]
    pub(super) fn window(self, at: usize) -> Window {
        if at < self.inner {
            Window(lanes::load_at(self.all, at))
        } else {
            self.last(at)
        }
    }

    /// The window that begins at `at` and the one after it.
    #[inline(always)]
    pub(super) fn windows(self, at: usize) -> [Window; 2] {
        if at < self.inner {
            [at, at + WIDTH].map(|at| Window(lanes::load_at(self.all, at)))
        } else {
            [self.last(at), self.last(at + WIDTH)]
        }
    }

    /// A window that may reach beyond the end.
    #[cold]
    #[inline(never)]
    fn last(self, at: usize) -> Window {
        let rest = self.all.get(at..).unwrap_or_default();
        let chunk = match (rest.first_chunk(), self.all.last_chunk()) {
            (Some(chunk), _) => *chunk,
            // The last sixteen bytes, without those before the window.
            (None, Some(last)) => {
                let before = 8 * (WIDTH - rest.len()) as u32;
                let last = u128::from_le_bytes(*last);
                last.checked_shr(before).unwrap_or_default().to_le_bytes()
            }
            (None, None) => {
                let mut chunk = [0; WIDTH];
                for (to, byte) in chunk.iter_mut().zip(rest) {
                    *to = *byte;
                }
                chunk
            }
        };
        Window(lanes::load(&chunk))
    }
}

/// Sixteen bytes, zeros after the end of the text.
#[derive(Clone, Copy)]
pub(super) struct Window(lanes::Lanes);

impl Window {
    /// Whether two windows show these bytes, wherever the masks have ones.
    #[inline(always)]
    pub(super) fn show(
        [first, second]: [Window; 2],
        these: &[[u8; WIDTH]; 2],
        masks: &[[u8; WIDTH]; 2],
    ) -> bool {
        let load = |[low, high]: &[[u8; WIDTH]; 2]| [lanes::load(low), lanes::load(high)];
        !lanes::differ([first.0, second.0], load(these), load(masks))
    }

    /// Which bytes are the same as those.
    #[inline(always)]
    pub(super) fn same(self, as_these: &[u8; WIDTH]) -> u32 {
        lanes::same(self.0, lanes::load(as_these))
    }

    /// Which bytes are that one.
    #[inline(always)]
    pub(super) fn equal(self, byte: u8) -> u32 {
        lanes::same(self.0, lanes::splat(byte))
    }

    /// Which bytes are of a class.
    #[inline(always)]
    pub(super) fn of(self, class: &Class) -> u32 {
        lanes::of(self.0, lanes::load(&class.low), lanes::load(&HIGH))
    }

    /// Which bytes are a quote, a backslash, a control character or beyond ASCII.
    #[inline(always)]
    pub(super) fn stops(self) -> u32 {
        lanes::stops(self.0)
    }

    /// Which bytes are a control character or beyond ASCII.
    #[inline(always)]
    pub(super) fn others(self) -> u32 {
        lanes::others(self.0)
    }

    /// Which bytes are a quote, a backslash or a control character.
    #[inline(always)]
    pub(super) fn ends(self) -> u32 {
        lanes::ends(self.0)
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use core::arch::wasm32::{
        i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_ne, u8x16_shr, u8x16_splat,
        u8x16_swizzle, v128, v128_and, v128_any_true, v128_load, v128_or, v128_xor,
    };

    pub(super) type Lanes = v128;

    #[inline(always)]
    #[expect(unsafe_code, reason = "the intrinsic takes a raw pointer")]
    pub(super) fn load(bytes: &[u8; 16]) -> v128 {
        // SAFETY: the reference is to sixteen readable bytes, and the instruction asks for no alignment.
        unsafe { v128_load(bytes.as_ptr().cast()) }
    }

    /// As [`load`], where a window lies within the text.
    #[inline(always)]
    #[expect(unsafe_code, reason = "the intrinsic takes a raw pointer")]
    pub(super) fn load_at(bytes: &[u8], at: usize) -> v128 {
        debug_assert!(at + 16 <= bytes.len());
        // SAFETY: `Bytes` asks only for what lies within, and the instruction asks for no alignment.
        unsafe { v128_load(bytes.as_ptr().add(at).cast()) }
    }

    /// Whether what is under the masks differs.
    #[inline(always)]
    pub(super) fn differ([a, b]: [v128; 2], [c, d]: [v128; 2], [e, f]: [v128; 2]) -> bool {
        let first = v128_and(v128_xor(a, c), e);
        v128_any_true(v128_or(first, v128_and(v128_xor(b, d), f)))
    }

    #[inline(always)]
    pub(super) fn splat(byte: u8) -> v128 {
        u8x16_splat(byte)
    }

    #[inline(always)]
    pub(super) fn same(a: v128, b: v128) -> u32 {
        u8x16_bitmask(u8x16_eq(a, b)).into()
    }

    #[inline(always)]
    pub(super) fn of(bytes: v128, low: v128, high: v128) -> u32 {
        let lower = u8x16_swizzle(low, v128_and(bytes, splat(0xF)));
        let upper = u8x16_swizzle(high, u8x16_shr(bytes, 4));
        u8x16_bitmask(u8x16_ne(v128_and(lower, upper), splat(0))).into()
    }

    #[inline(always)]
    pub(super) fn others(bytes: v128) -> u32 {
        u8x16_bitmask(i8x16_lt(bytes, i8x16_splat(0x20))).into()
    }

    #[inline(always)]
    pub(super) fn stops(bytes: v128) -> u32 {
        // Signed: what is beyond ASCII is below zero.
        with_quotes(bytes, i8x16_lt(bytes, i8x16_splat(0x20)))
    }

    #[inline(always)]
    pub(super) fn ends(bytes: v128) -> u32 {
        with_quotes(bytes, u8x16_lt(bytes, splat(0x20)))
    }

    #[inline(always)]
    fn with_quotes(bytes: v128, others: v128) -> u32 {
        let quote = u8x16_eq(bytes, splat(b'"'));
        let backslash = u8x16_eq(bytes, splat(b'\\'));
        u8x16_bitmask(v128_or(v128_or(quote, backslash), others)).into()
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    use super::HIGH;

    /// Where there are no vectors that need no `unsafe`: two words of eight bytes.
    pub(super) type Lanes = [u64; 2];

    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }

    const HIGHEST: u64 = each(0x80);

    pub(super) fn load(bytes: &[u8; 16]) -> Lanes {
        let whole = u128::from_le_bytes(*bytes);
        [whole as u64, (whole >> 64) as u64]
    }

    pub(super) fn load_at(bytes: &[u8], at: usize) -> Lanes {
        let chunk = bytes.get(at..).and_then(<[u8]>::first_chunk);
        chunk.map_or([0; 2], load)
    }

    pub(super) fn differ(a: [Lanes; 2], b: [Lanes; 2], masks: [Lanes; 2]) -> bool {
        let differ = |[a, b]: Lanes, [c, d]: Lanes, [e, f]: Lanes| (a ^ c) & e | (b ^ d) & f != 0;
        let ([a, b], [c, d], [e, f]) = (a, b, masks);
        differ(a, c, e) || differ(b, d, f)
    }

    pub(super) fn splat(byte: u8) -> Lanes {
        [each(byte); 2]
    }

    /// The highest bits of all bytes, packed.
    fn bits(words: Lanes) -> u32 {
        let [low, high] = words.map(|word| {
            let ones = (word & HIGHEST) >> 7;
            (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
        });
        low | high << 8
    }

    /// Marks the bytes that are zero by their highest bits.
    fn zero(word: u64) -> u64 {
        !((word & !HIGHEST).wrapping_add(!HIGHEST) | word) & HIGHEST
    }

    pub(super) fn same([a, b]: Lanes, [c, d]: Lanes) -> u32 {
        bits([zero(a ^ c), zero(b ^ d)])
    }

    pub(super) fn of(bytes: Lanes, low: Lanes, _: Lanes) -> u32 {
        let low = low.map(u64::to_le_bytes);
        let table = low.as_flattened();
        let bytes = bytes.map(u64::to_le_bytes);
        let bits = |byte: u8| {
            let lower = table.get(usize::from(byte & 0xF)).copied();
            let upper = HIGH.get(usize::from(byte >> 4)).copied();
            lower.unwrap_or_default() & upper.unwrap_or_default() != 0
        };
        let marks = bytes.as_flattened().iter().rev();
        marks.fold(0, |mask, byte| mask << 1 | u32::from(bits(*byte)))
    }

    fn control(word: u64) -> u64 {
        // A byte of ASCII has its highest bit still set after this if it is at least 0x20.
        !((word | HIGHEST).wrapping_sub(each(0x20)) | word) & HIGHEST
    }

    pub(super) fn others(bytes: Lanes) -> u32 {
        bits(bytes.map(control)) | bits(bytes)
    }

    pub(super) fn ends(bytes: Lanes) -> u32 {
        bits(bytes.map(|word| zero(word ^ each(b'"')) | zero(word ^ each(b'\\')) | control(word)))
    }

    pub(super) fn stops(bytes: Lanes) -> u32 {
        ends(bytes) | bits(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_every_lane() {
        let some = Class::new(b"az09 \x7F\0/");
        for lane in 0..WIDTH {
            for byte in 0..=u8::MAX {
                for around in [b'a', 0xFF, 0x1F, b'"'] {
                    let mut bytes = [around; WIDTH];
                    bytes[lane] = byte;
                    let window = Bytes::new(&bytes).window(0);
                    let expect = |is: fn(u8) -> bool| {
                        let marks = bytes.iter().rev();
                        marks.fold(0, |mask, b| mask << 1 | u32::from(is(*b)))
                    };
                    assert_eq!(
                        window.ends(),
                        expect(|b| matches!(b, b'"' | b'\\' | 0..0x20))
                    );
                    assert_eq!(
                        window.stops(),
                        expect(|b| matches!(b, b'"' | b'\\' | 0..0x20 | 0x80..))
                    );
                    assert_eq!(window.others(), expect(|b| matches!(b, 0..0x20 | 0x80..)));
                    assert_eq!(window.equal(b'a'), expect(|b| b == b'a'));
                    assert_eq!(window.of(&some), expect(|b| b"az09 \x7F\0/".contains(&b)));
                    assert_eq!(window.same(&bytes), 0xFFFF);
                }
            }
        }
    }

    #[test]
    fn zeros_after_the_end() {
        let bytes: Vec<u8> = (1..40).collect();
        for at in 0..60 {
            let mut expected = [0; WIDTH];
            for (to, from) in expected.iter_mut().zip(bytes.iter().skip(at)) {
                *to = *from;
            }
            assert_eq!(Bytes::new(&bytes).window(at).same(&expected), 0xFFFF);
        }
    }
}
