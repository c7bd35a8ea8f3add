//! What the commands of a roll-out have in common, kept once for all of them.

use super::bytes::{Saved, restore_bytes, save_bytes};
use super::verify::Expected;
use crate::message::{Command, Extra};

/// The parts of a command that others share, and what is expected of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Job<'a> {
    pub source: &'a str,
    pub download_url: &'a str,
    pub md5_code: &'a str,
    pub version: Option<&'a str>,
    pub commit: Option<&'a str>,
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
        let (source, download_url, md5_code) = (text(from)?, text(from)?, text(from)?);
        let (version, commit) = (some_text(from)?, some_text(from)?);
        Some(Job {
            source,
            download_url,
            md5_code,
            version,
            commit,
            extra: bytes,
        })
    }

    pub(crate) fn extra(&self) -> Option<Extra> {
        Saved::restore(&mut { self.extra })
    }

    pub(crate) fn expected(&self) -> Expected {
        Expected {
            version: self.version.map(str::to_owned),
            commit: self.commit.map(str::to_owned),
        }
    }
}

fn text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(restore_bytes(from)?).ok()
}

fn some_text<'a>(from: &mut &'a [u8]) -> Option<Option<&'a str>> {
    if bool::restore(from)? {
        text(from).map(Some)
    } else {
        Some(None)
    }
}
