//! The core as WebAssembly, under Node and in a browser. `scripts/test.mjs` runs it in both.

#![cfg(target_arch = "wasm32")]

#[path = "simulation/mod.rs"]
mod simulation;

use std::collections::HashSet;

use wasm_bindgen_test::wasm_bindgen_test;
use wudun_ota::md5::{Lanes, Md5, md5};
use wudun_ota::{Input, Message, Mid, Options, Topic, decode};

const COMMAND: &str = r#"{"mid":"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90","type":"ota_upgrade","device_uid":"gw-1","timestamp":1800000000000,"data":{"source":"ems_II","download_url":"https://fw.example/ems.bin","md5_code":"0123456789abcdef0123456789abcdef"},"note":"升级"}"#;

/// Randomness comes from the JavaScript host here; native tests cannot show that it is there.
#[wasm_bindgen_test]
fn message_ids_are_random_uuids_of_version_4() {
    let ids: Vec<Mid> = (0..100).map(|_| Mid::random()).collect();
    let distinct: HashSet<u128> = ids.iter().map(Mid::as_u128).collect();
    assert_eq!(distinct.len(), ids.len());
    for id in &ids {
        assert_eq!(id.as_u128() >> 76 & 0xF, 4, "{id}");
    }
}

#[wasm_bindgen_test]
fn md5_is_what_it_is_natively() {
    let suite = [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a",
        ),
    ];
    for (input, expected) in suite {
        assert_eq!(md5(input.as_bytes()), expected);
        let (first, rest) = input.split_at(input.len() / 2);
        let saved = Md5::new().update(first.as_bytes()).save();
        let mut resumed = Md5::resume(&saved).unwrap();
        assert_eq!(resumed.update(rest.as_bytes()).digest(), expected);
    }
}

/// Here several streams share vectors; natively the same call takes them one after the other.
#[wasm_bindgen_test]
fn lanes_give_what_each_gives_alone() {
    let oracle = |bytes: &[u8]| -> String {
        let digest = <::md5::Md5 as ::md5::Digest>::digest(bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let bytes: Vec<u8> = (0..4_000_u32).map(|i| (i * 7 % 251) as u8).collect();
    let mut random = 1_u32;
    for count in 1..=11 {
        for limit in [1, 64, 65, 200, 700] {
            let mut states = vec![Md5::new(); count];
            let mut lengths = vec![0; count];
            for _ in 0..4 {
                let mut parts: Vec<(&mut Md5, &[u8])> = Vec::new();
                for (slot, state) in states.iter_mut().enumerate() {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let length = (random >> 16) as usize % (limit + 1);
                    let from = slot + lengths[slot];
                    parts.push((state, &bytes[from..from + length]));
                    lengths[slot] += length;
                }
                Lanes::new().update(&mut parts);
            }
            for (slot, state) in states.iter().enumerate() {
                let input = &bytes[slot..slot + lengths[slot]];
                let saved = Md5::resume(&state.save()).unwrap();
                assert_eq!(
                    saved.digest(),
                    oracle(input),
                    "{count} streams, at most {limit} bytes"
                );
                assert_eq!(md5(input), oracle(input));
            }
        }
    }
}

/// The layout of a saved state does not depend on the machine: a state saved natively goes on here.
#[wasm_bindgen_test]
fn a_saved_state_is_the_same_bytes_everywhere() {
    let saved = Md5::new().update(b"abc").save();
    let start = [
        b"wo-md5\0\x01".as_slice(),
        &[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF],
        &[0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10],
        &[0; 8],
        b"\x03abc",
    ]
    .concat();
    assert!(saved.starts_with(&start), "{saved:02x?}");
}

#[wasm_bindgen_test]
fn messages_are_read_and_written() {
    let options = Options {
        topic: Some("v1/wudun/pk/gw-1/ota/upgrade/command"),
        ..Options::default()
    };
    let decoded = decode(Input::bytes(COMMAND.as_bytes()), &options);
    assert_eq!(decoded.diagnostics, []);
    assert_eq!(
        decoded.message.as_ref().map(Message::encode).as_deref(),
        Some(COMMAND)
    );
}

/// A `usize` has 32 bits here.
#[wasm_bindgen_test]
fn numbers_beyond_32_bits_keep_their_value() {
    let late = COMMAND.replace("1800000000000", "9007199254740991");
    let options = Options {
        now: Some(9_007_199_254_740_991),
        max_bytes: Some(usize::MAX),
        ..Options::default()
    };
    let Some(Message::Command(command)) = decode(Input::bytes(late.as_bytes()), &options).message
    else {
        panic!("not a command");
    };
    assert_eq!(command.timestamp, 9_007_199_254_740_991);
}

#[wasm_bindgen_test]
fn deep_nesting_is_refused_before_the_stack_ends() {
    let deep = "[".repeat(60_000);
    let decoded = decode(Input::bytes(deep.as_bytes()), &Options::default());
    let codes: Vec<&str> = decoded
        .diagnostics
        .iter()
        .map(|d| d.code.as_str())
        .collect();
    assert!(codes.contains(&"json-too-deep"), "{codes:?}");
}

#[wasm_bindgen_test]
fn topics_are_parsed_and_written() {
    let text = "/site/gw-1/ota/upgrade/result";
    assert_eq!(Topic::parse(text).unwrap().to_string(), text);
}

/// `tests/simulation.rs` holds the same file against what happens natively.
#[wasm_bindgen_test]
fn a_simulated_world_goes_as_it_does_natively() {
    assert_eq!(simulation::differing(), Vec::<String>::new());
}
