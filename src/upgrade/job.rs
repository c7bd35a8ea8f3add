//! What the commands of a roll-out have in common, kept once for all of them.

use super::bytes::{Saved, restore_bytes, save_bytes};
use super::verify::Expected;
use crate::message::{Command, Extra};

/// The parts of a command that others share, and what is expected of it. Texts are bytes: mostly they are only
/// compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Job<'a> {
    pub source: &'a [u8],
    pub download_url: &'a [u8],
    pub md5_code: &'a [u8],
    pub version: Option<&'a [u8]>,
    pub commit: Option<&'a [u8]>,
    /// Unknown members of `data`, in bytes.
    extra: &'a [u8],
}

impl<'a> Job<'a> {
    /// What is to be kept.
    pub(crate) fn bytes(command: &Command, expected: &Expected) -> Vec<u8> {
        let mut bytes = Vec::new();
        let data = &command.data;
        for text in [&data.source, &data.download_url, &data.md5_code] {
            save_bytes(text.as_bytes(), &mut bytes);
        }
        for text in [&expected.version, &expected.commit] {
            text.save(&mut bytes);
        }
        data.extra.save(&mut bytes);
        bytes
    }

    pub(crate) fn read(mut bytes: &'a [u8]) -> Option<Job<'a>> {
        let from = &mut bytes;
        Some(Job {
            source: restore_bytes(from)?,
            download_url: restore_bytes(from)?,
            md5_code: restore_bytes(from)?,
            version: restore_some(from)?,
            commit: restore_some(from)?,
            extra: bytes,
        })
    }

    pub(crate) fn extra(&self) -> Option<Extra> {
        Saved::restore(&mut { self.extra })
    }

    pub(crate) fn expected(&self) -> Expected {
        Expected {
            version: self.version.map(owned),
            commit: self.commit.map(owned),
        }
    }
}

/// One of a job's texts.
pub(crate) fn owned(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes);
    text.unwrap_or_default().to_owned()
}

/// What an `Option` of a text was saved from.
pub(crate) fn restore_some<'a>(from: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    if bool::restore(from)? {
        restore_bytes(from).map(Some)
    } else {
        Some(None)
    }
}
