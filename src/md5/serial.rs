//! Stands in for `lanes.rs` where there is no SIMD of WebAssembly: the same results, one after the other.

use super::Md5;

/// Several MD5s at once: in lanes of vectors in WebAssembly with `simd128`, here one after the other.
#[derive(Debug, Default)]
pub struct Lanes(());

impl Lanes {
    /// Ready to hash.
    #[must_use]
    pub fn new() -> Lanes {
        Lanes::default()
    }

    /// Adds to each MD5 its bytes.
    pub fn update(&self, parts: &mut [(&mut Md5, &[u8])]) {
        for (md5, bytes) in parts {
            md5.update(bytes);
        }
    }
}
