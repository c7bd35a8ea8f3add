//! MurmurHash3 (x64, 128 bits; public domain, Austin Appleby). Quick, and spreads well; whoever wants
//! two texts with one hash can make them, so nothing that decides is found by a hash alone.

/// A hash of 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Print(pub [u64; 2]);

impl Print {
    /// For tables.
    pub(crate) fn short(self) -> u32 {
        let Print([low, _]) = self;
        low as u32
    }

    /// In parts of 32 bits, which fill no gaps.
    pub(crate) fn parts(self) -> [u32; 4] {
        let Print([low, high]) = self;
        [
            low as u32,
            (low >> 32) as u32,
            high as u32,
            (high >> 32) as u32,
        ]
    }
}

const FIRST: u64 = 0x87c3_7b91_1142_53d5;
const SECOND: u64 = 0x4cf5_ad43_2745_937f;

fn first(word: u64) -> u64 {
    word.wrapping_mul(FIRST)
        .rotate_left(31)
        .wrapping_mul(SECOND)
}

fn second(word: u64) -> u64 {
    word.wrapping_mul(SECOND)
        .rotate_left(33)
        .wrapping_mul(FIRST)
}

fn finish(mut word: u64) -> u64 {
    word ^= word >> 33;
    word = word.wrapping_mul(0xff51_afd7_ed55_8ccd);
    word ^= word >> 33;
    word = word.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ word >> 33
}

/// The last `count` of sixteen bytes, zeros behind them.
fn behind((low, high): (u64, u64), count: usize) -> (u64, u64) {
    let bits = 8 * (count as u32 % 8);
    match count {
        0 => (0, 0),
        1..8 => (high >> (64 - bits), 0),
        8 => (high, 0),
        _ => (low >> (64 - bits) | high << bits, high >> (64 - bits)),
    }
}

/// The hash of some bytes; `seed` is the hash of what comes before them.
pub(crate) fn print(seed: Print, bytes: &[u8]) -> Print {
    let Print([mut low, mut high]) = seed;
    let (blocks, rest) = bytes.as_chunks::<16>();
    let halves = |block: &[u8; 16]| {
        let both = u128::from_le_bytes(*block);
        (both as u64, (both >> 64) as u64)
    };
    for block in blocks {
        let (a, b) = halves(block);
        low ^= first(a);
        low = low.rotate_left(27).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x52dc_e729);
        high ^= second(b);
        high = high.rotate_left(31).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let (a, b) = match bytes.last_chunk() {
        // The last sixteen bytes, without those that are in a block.
        Some(last) => behind(halves(last), bytes.len() % 16),
        None => {
            let mut last = [0; 16];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            halves(&last)
        }
    };
    high ^= second(b);
    low ^= first(a);
    let length = bytes.len() as u64;
    low ^= length;
    high ^= length;
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    (low, high) = (finish(low), finish(high));
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    Print([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_others_compute_it() {
        let print = |text: &str| print(Print::default(), text.as_bytes()).0;
        assert_eq!(print(""), [0, 0]);
        assert_eq!(
            print("hello"),
            [0xcbd8_a7b3_41bd_9b02, 0x5b1e_906a_48ae_1d19]
        );
        assert_eq!(
            print("The quick brown fox jumps over the lazy dog"),
            [0xe34b_bc7b_bc07_1b6c, 0x7a43_3ca9_c49a_9347]
        );
    }
    #[test]
    fn the_last_of_sixteen() {
        let bytes: [u8; 16] = std::array::from_fn(|at| at as u8 + 1);
        let halves = |bytes: [u8; 16]| {
            let both = u128::from_le_bytes(bytes);
            (both as u64, (both >> 64) as u64)
        };
        for count in 0..16 {
            let mut rest = [0; 16];
            rest[..count].copy_from_slice(&bytes[16 - count..]);
            assert_eq!(behind(halves(bytes), count), halves(rest));
        }
    }
}
