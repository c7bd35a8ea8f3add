//! Writing JSON.

/// Appends a string with its quotes.
pub(crate) fn write_string(to: &mut String, text: &str) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\0'..='\u{1F}' => to.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => to.push(c),
        }
    }
    to.push('"');
}

/// Appends a number; `null` for what JSON cannot hold, as `JSON.stringify` does.
pub(crate) fn write_number(to: &mut String, number: f64) {
    if number.is_finite() {
        to.push_str(&number.to_string());
    } else {
        to.push_str("null");
    }
}
