//! Turns the text as which the npm package carries its core back into bytes. JavaScript that runs for the first time
//! would take ten times as long.
//!
//! `unsafe`, because it works where its caller says, in memory that the caller has made room in, and on a text that
//! the build has made.
#![no_std]
#![allow(unsafe_code)]
#![cfg(target_arch = "wasm32")]

use core::arch::wasm32::{
    i8x16_sub, i8x16_swizzle, u8x16_bitmask, u8x16_ge, u8x16_splat, unreachable, v128, v128_load,
    v128_or, v128_store,
};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unreachable()
}

/// The least character, in the first place of a table.
const FIRST: u8 = b' ';
/// This and the character behind it choose another table for the character that follows.
const FIRST_PREFIX: u8 = b'}';
/// Characters of a table: what is printable of ASCII.
const TABLE: usize = 96;
/// There are three: what a character stands for by itself, behind the first prefix, and behind the second.
const TABLES: usize = 3 * TABLE;
/// Bytes of a vector.
const LANES: usize = 16;

/// Writes over the text what it stands for, and tells where that begins. The text begins with the tables: two
/// characters for each byte, of which the first sixteen capitals are the halves.
///
/// # Safety
/// The text is there, and a vector's zeros behind its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unpack(text: *mut u8, end: *const u8) -> *const u8 {
    // SAFETY: as the caller says. What is written lies before what is still to be read, a table or two.
    unsafe {
        for place in 0..TABLES {
            let half = |at: usize| *text.add(2 * place + at) - b'A';
            *text.add(place) = half(0) << 4 | half(1);
        }
        let mut parts = [u8x16_splat(0); TABLE / LANES];
        for (place, part) in parts.iter_mut().enumerate() {
            *part = v128_load(text.add(LANES * place).cast());
        }
        let start = text.add(TABLES);
        let mut output = start;
        let mut input = text.add(2 * TABLES).cast_const();
        while input < end {
            let characters = v128_load(input.cast());
            v128_store(output.cast(), looked_up(&parts, characters));
            let prefixes = u8x16_bitmask(u8x16_ge(characters, u8x16_splat(FIRST_PREFIX)));
            let run = (u32::from(prefixes) | 1 << LANES).trailing_zeros() as usize;
            input = input.add(run);
            output = output.add(run);
            if run < LANES {
                let table = TABLE * (1 + usize::from(*input - FIRST_PREFIX));
                *output = *text.add(table + usize::from(*input.add(1) - FIRST));
                input = input.add(2);
                output = output.add(1);
            }
        }
        start
    }
}

/// What sixteen characters stand for by themselves. A part of the table knows its own sixteen, and says 0 to others.
#[inline(always)]
fn looked_up(parts: &[v128; TABLE / LANES], characters: v128) -> v128 {
    let mut places = i8x16_sub(characters, u8x16_splat(FIRST));
    let mut all = u8x16_splat(0);
    for part in parts {
        all = v128_or(all, i8x16_swizzle(*part, places));
        places = i8x16_sub(places, u8x16_splat(LANES as u8));
    }
    all
}
