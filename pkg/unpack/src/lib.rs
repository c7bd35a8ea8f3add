//! Turns the text as which the npm package carries its core back into bytes. JavaScript that runs for the first time
//! would take ten times as long.
//!
//! `unsafe`, because it works where its caller says, in memory that the caller has made room in, and on a text that
//! the build has made.
#![no_std]
#![allow(unsafe_code)]

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// This and the character behind it choose another table for the character that follows.
const FIRST_PREFIX: u8 = b'}';
/// Characters of a table, all of ASCII.
const TABLE: usize = 128;

/// Writes to `output` what the text from `input` to `end` stands for. There are three tables: what a character stands
/// for by itself, behind the first prefix, and behind the second.
///
/// # Safety
/// The tables and the text are there, and there is room for all that comes out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unpack(
    tables: *const u8,
    mut input: *const u8,
    end: *const u8,
    mut output: *mut u8,
) {
    while input < end {
        let mut character = unsafe { *input };
        input = unsafe { input.add(1) };
        let mut table = tables;
        if character >= FIRST_PREFIX {
            table = unsafe { tables.add(TABLE * (1 + usize::from(character - FIRST_PREFIX))) };
            character = unsafe { *input };
            input = unsafe { input.add(1) };
        }
        unsafe { *output = *table.add(usize::from(character)) };
        output = unsafe { output.add(1) };
    }
}
