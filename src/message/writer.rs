//! Writes objects as JSON text.

use super::Extra;
use crate::json::{write_number, write_string};

/// Writes objects member by member.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
}

/// Room for what follows the unknown members.
const ROOM: usize = 1_024;

impl Writer {
    /// Writes after what is there.
    pub(super) fn after(text: String) -> Writer {
        Writer { text }
    }

    pub(super) fn open(&mut self) {
        self.text.push('{');
    }

    pub(super) fn close(&mut self) {
        self.text.push('}');
    }

    pub(super) fn key(&mut self, key: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        write_string(&mut self.text, key);
        self.text.push(':');
    }

    pub(super) fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.text.push_str(json);
    }

    pub(super) fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        write_string(&mut self.text, value);
    }

    pub(super) fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// They may be as large as the payload: room is made for all at once.
    pub(super) fn extra(&mut self, extra: &Extra) {
        let lengths = extra.iter().map(|(key, json)| key.len() + json.len() + 4);
        match lengths.sum::<usize>() {
            0 => {}
            length => self.text.reserve_exact(length + ROOM),
        }
        for (key, json) in extra {
            self.raw(key, json);
        }
    }

    pub(super) fn number(&mut self, key: &str, value: f64) {
        self.key(key);
        write_number(&mut self.text, value);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
