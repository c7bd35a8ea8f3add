//! What a number is worth.

/// The double that `JSON.parse` gives for a number of the grammar.
pub(crate) fn value_of(text: &str) -> f64 {
    short(text).map_or_else(|| any(text), |number| number as f64)
}

/// A whole number without exponent that is exact as a double, as nearly all are.
fn short(text: &str) -> Option<u64> {
    const DIGITS: usize = 15;
    if text.len() > DIGITS {
        return None;
    }
    text.bytes().try_fold(0, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        (digit <= 9).then(|| number * 10 + u64::from(digit))
    })
}

/// JavaScript has a reader of its own; Rust's comes with tables of ten kilobytes.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
fn any(text: &str) -> f64 {
    crate::wasm::number(text)
}

/// Rust reads every number of the grammar, correctly rounded, as JavaScript does.
#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
fn any(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (text, value) in [
            ("0", 0.0),
            ("-0", 0.0),
            ("-1", -1.0),
            ("1.0", 1.0),
            ("1e3", 1_000.0),
            ("999999999999999", 999_999_999_999_999.0),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("1e400", f64::INFINITY),
            ("4503599627370496.3", 4_503_599_627_370_496.0),
        ] {
            assert_eq!(
                value_of(text).to_bits() << 1,
                value.to_bits() << 1,
                "{text}"
            );
        }
    }
}
