use super::{Md5, md5};

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

#[test]
fn pieces_give_what_the_whole_gives() {
    let bytes: Vec<u8> = (0..300_u32).map(|i| (i * 7 % 251) as u8).collect();
    for length in 0..=bytes.len() {
        let whole = md5(&bytes[..length]);
        for cut in [0, 1, 55, 56, 63, 64, 65, 128, length] {
            let cut = cut.min(length);
            let mut state = Md5::new();
            state.update(&bytes[..cut]);
            let mut resumed = Md5::resume(&state.save()).expect("its own state");
            assert_eq!(
                resumed.update(&bytes[cut..length]).digest(),
                whole,
                "{length} bytes cut at {cut}"
            );
        }
    }
}

#[test]
fn the_length_in_bits_carries_beyond_32_bits() {
    // 512 MiB and one byte; expected value from md5sum.
    let mebibyte = vec![0_u8; 1 << 20];
    let mut state = Md5::new();
    for _ in 0..512 {
        state.update(&mebibyte);
    }
    assert_eq!(
        state.update(&[0]).digest(),
        "ea3b62c6b93cb3625a1fd76777985f5a"
    );
}

#[test]
fn foreign_bytes_are_no_state() {
    let saved = Md5::new().update(b"abc").save();
    assert!(Md5::resume(&saved).is_some());
    assert!(Md5::resume(&[]).is_none());
    assert!(Md5::resume(&saved[..saved.len() - 1]).is_none());
    assert!(Md5::resume(&[saved.as_slice(), &[0]].concat()).is_none());
    let mut newer = saved.clone();
    newer[7] = 2;
    assert!(Md5::resume(&newer).is_none());
    // The position in the block may not lie outside the block.
    let mut broken = saved;
    let position = broken.len() - 64;
    broken[position] = 200;
    assert!(Md5::resume(&broken).is_none());
}
