//! Writing JSON.

/// Appends a string with its quotes.
pub(crate) fn write_string(to: &mut String, text: &str) {
    to.push('"');
    let special = |byte| matches!(byte, b'"' | b'\\' | ..b' ');
    if !text.bytes().any(special) {
        to.push_str(text);
        to.push('"');
        return;
    }
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\0'..='\u{1F}' => {
                to.push_str(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                to.extend(char::from_digit(u32::from(c) & 0xF, 16));
            }
            c => to.push(c),
        }
    }
    to.push('"');
}

/// Appends a number in hexadecimal digits (upper case), at least so many.
pub(crate) fn push_hex(to: &mut String, number: u32, least: u32) {
    let digits = (32 - number.leading_zeros()).div_ceil(4).max(least);
    for digit in (0..digits).rev() {
        let digit = char::from_digit(number >> (4 * digit) & 0xF, 16);
        to.extend(digit.map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Appends a whole number.
#[cfg(feature = "wasm")]
pub(crate) fn write_integer(to: &mut String, number: u64) {
    if number > 9 {
        write_integer(to, number / 10);
    }
    to.push(char::from(b'0' + (number % 10) as u8));
}

/// Appends a number; `null` for what JSON cannot hold, as `JSON.stringify` does.
pub(crate) fn write_number(to: &mut String, number: f64) {
    if number.is_finite() {
        to.push_str(&number.to_string());
    } else {
        to.push_str("null");
    }
}
