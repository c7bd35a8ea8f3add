use ::md5::Digest;
use ::md5::digest::common::hazmat::{SerializableState, SerializedState};
use proptest::prelude::*;

use super::{Lanes, Md5, ResumeError, hex, md5};

/// RFC 1321, A.5.
const SUITE: [(&str, &str); 7] = [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
        "abcdefghijklmnopqrstuvwxyz",
        "c3fcd3d76192e4007dfb496cca67e13b",
    ),
    (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f",
    ),
    (
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "57edf4a22be3c955ac49da2e2107b67a",
    ),
];

#[test]
fn the_suite_of_the_rfc() {
    for (input, expected) in SUITE {
        assert_eq!(md5(input.as_bytes()), expected, "{input:?}");
    }
}

/// The MD5 of the crate `md-5`, to compare with.
fn oracle(bytes: &[u8]) -> String {
    hex(&::md5::Md5::digest(bytes))
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 % 251) as u8).collect()
}

#[test]
fn every_length_and_every_split() {
    let bytes = bytes(300);
    for length in 0..=300 {
        let whole = oracle(&bytes[..length]);
        assert_eq!(md5(&bytes[..length]), whole, "{length} bytes");
        for cut in 0..=length.min(260) {
            let mut state = Md5::new();
            state.update(&bytes[..cut]);
            let mut resumed = Md5::resume(&state.save()).expect("its own state");
            let digest = resumed.update(&bytes[cut..length]).digest();
            assert_eq!(digest, whole, "{length} bytes cut at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn lanes_give_what_each_gives_alone(
        rounds in prop::collection::vec(prop::collection::vec(0_usize..700, 0..12), 1..4)
    ) {
        let bytes = bytes(4_000);
        let mut states = vec![Md5::new(); 12];
        let mut lengths = [0; 12];
        for round in &rounds {
            let mut parts: Vec<(&mut Md5, &[u8])> = Vec::new();
            for (slot, (state, length)) in states.iter_mut().zip(round).enumerate() {
                let from = slot + lengths[slot];
                parts.push((state, &bytes[from..from + length]));
                lengths[slot] += length;
            }
            Lanes::new().update(&mut parts);
        }
        for (slot, state) in states.iter().enumerate() {
            prop_assert_eq!(state.digest(), oracle(&bytes[slot..slot + lengths[slot]]));
        }
    }
}

/// The crate's state has the layout of ours behind the header. So both can go on from any number of blocks.
#[test]
fn the_length_in_bits_carries_as_in_the_crate() {
    let rest = bytes(200);
    let start = Md5::new().update(&bytes(70)).save();
    for blocks in [
        1 << 23,
        1 << 25,
        (1 << 26) - 1,
        (1 << 26) + 1,
        5 << 24,
        1 << 58,
        u64::MAX,
    ] {
        let mut saved = start.clone();
        saved[24..32].copy_from_slice(&blocks.to_le_bytes());
        let state = SerializedState::<::md5::Md5>::try_from(&saved[8..]).expect("its layout");
        let mut oracle = ::md5::Md5::deserialize(&state).expect("its state");
        oracle.update(&rest);
        let mut own = Md5::resume(&saved).expect("a state");
        assert_eq!(own.save(), saved);
        assert_eq!(
            own.update(&rest).digest(),
            hex(&oracle.finalize()),
            "{blocks} blocks"
        );
    }
}

#[test]
fn foreign_bytes_are_no_state() {
    let saved = Md5::new().update(b"abc").save();
    assert!(Md5::resume(&saved).is_ok());
    let not_a_state = |bytes: &[u8]| {
        assert_eq!(Md5::resume(bytes).err(), Some(ResumeError::NotAState));
    };
    not_a_state(&[]);
    not_a_state(&saved[..7]);
    not_a_state(&saved[..saved.len() - 1]);
    not_a_state(&[saved.as_slice(), &[0]].concat());
    let mut newer = saved.clone();
    newer[7] = 2;
    assert_eq!(Md5::resume(&newer).err(), Some(ResumeError::Version(2)));
    // No more bytes can be pending than a block holds, and the rest is zero.
    let mut broken = saved.clone();
    let position = broken.len() - 64;
    broken[position] = 64;
    not_a_state(&broken);
    let mut broken = saved;
    broken[position + 4] = 1;
    not_a_state(&broken);
}
