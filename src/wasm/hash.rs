//! MD5 with its state on the JavaScript side, and firmware hashing with its state here.

use serde::Serialize;
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::{coded, json};
use crate::md5::{Md5, hex};

fn resume(state: &[u8]) -> Result<Md5, String> {
    Md5::resume(state).ok_or_else(|| {
        coded(
            "md5-state-invalid",
            "These bytes are not an MD5 state that this version of `save()` made",
            "这些字节不是此版本 `save()` 生成的 MD5 状态",
        )
    })
}

#[wasm_bindgen(js_name = md5Start)]
pub fn md5_start() -> Vec<u8> {
    Md5::new().save()
}

#[wasm_bindgen(js_name = md5Check)]
pub fn md5_check(state: &[u8]) -> Result<(), String> {
    resume(state).map(drop)
}

#[wasm_bindgen(js_name = md5Update)]
pub fn md5_update(state: &[u8], bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut md5 = resume(state)?;
    md5.update(bytes);
    Ok(md5.save())
}

#[wasm_bindgen(js_name = md5Digest)]
pub fn md5_digest(state: &[u8]) -> Result<String, String> {
    resume(state).map(|md5| md5.digest())
}

/// Both digests of a firmware image, in one pass.
#[wasm_bindgen]
pub struct Hasher {
    md5: Md5,
    sha256: Option<Sha256>,
}

#[derive(Serialize)]
struct Digests {
    md5: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

#[wasm_bindgen]
impl Hasher {
    #[wasm_bindgen(constructor)]
    pub fn new(sha256: bool) -> Hasher {
        Hasher {
            md5: Md5::new(),
            sha256: sha256.then(Sha256::new),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
    }

    pub fn finish(self) -> String {
        let sha256 = self.sha256.map(|sha256| hex(&sha256.finalize()));
        json(&Digests {
            md5: self.md5.digest(),
            sha256,
        })
    }
}
