//! Command and result (§2–§4): their members in any order, and the rules about them.

use super::cursor::Cursor;
use super::known::{
    COMMAND_DATA, ENVELOPE, Field, Fields, MOST_UNKNOWN, Name, RESULT_DATA, Unknown,
};
use crate::diagnostic::problem::Level;
use crate::message::field;
use crate::message::{Kind, Mid, TYPE};
use crate::topic::check_level;
use crate::validate;

/// What is known besides the payload.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) kind: Kind,
    /// The topic's device level.
    pub(crate) device: Option<&'a str>,
    /// The present time, Unix milliseconds.
    pub(crate) now: Option<u64>,
}

const EVERY_MESSAGE: u32 = Field::Mid.bit()
    | Field::Type.bit()
    | Field::DeviceUid.bit()
    | Field::Timestamp.bit()
    | Field::Data.bit();
const EVERY_COMMAND: u32 =
    EVERY_MESSAGE | Field::Source.bit() | Field::DownloadUrl.bit() | Field::Md5Code.bit();

/// Reads a message. `None`: not sure; else it is valid and there is no warning about it.
pub(crate) fn scan(bytes: &[u8], known: &Known<'_>, fields: &mut Fields) -> Option<()> {
    fields.reset();
    let mut scan = Scan {
        cursor: Cursor::new(bytes),
        kind: known.kind,
        seen: 0,
        fields,
    };
    scan.envelope()?;
    if !scan.cursor.is_at_end() {
        return None;
    }
    if scan.has_strays() {
        return None;
    }
    scan.fields.ascii = scan.cursor.shift() == 0;
    let required = match known.kind {
        Kind::Command => EVERY_COMMAND,
        Kind::Result => EVERY_MESSAGE,
    };
    let good = fields.present & required == required
        && validate::timestamp_is_unremarkable(fields.timestamp, known.now)
        && rules(fields, bytes, known.device);
    good.then_some(())
}

/// The rules about strings.
fn rules(fields: &Fields, bytes: &[u8], device: Option<&str>) -> bool {
    let holds = |field, rule: fn(&[u8]) -> bool| match fields.place(field) {
        None => true,
        Some(place) if fields.escaped & field.bit() == 0 => rule(place.of(bytes)),
        Some(_) => fields
            .text(field, bytes)
            .is_some_and(|text| rule(text.as_bytes())),
    };
    holds(Field::Mid, Mid::is_form)
        && holds(Field::DeviceUid, is_level)
        && holds(Field::SubDeviceUid, is_level)
        && holds(Field::Reply, Mid::is_form)
        && holds(Field::DownloadUrl, validate::url_is_unremarkable)
        && holds(Field::Md5Code, validate::md5_is_unremarkable)
        && device.is_none_or(|device| {
            fields
                .text(Field::DeviceUid, bytes)
                .is_some_and(|uid| uid == device)
        })
}

/// Whether there is nothing to say about a topic level.
fn is_level(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| check_level(Level::DeviceUid, text).is_ok())
}

struct Scan<'a, 'f> {
    cursor: Cursor<'a>,
    kind: Kind,
    /// The named fields so far, `null` ones too.
    seen: u32,
    fields: &'f mut Fields,
}

impl Scan<'_, '_> {
    fn envelope(&mut self) -> Option<()> {
        self.cursor.take(b'{')?;
        loop {
            let key = self.cursor.key()?;
            let name = Name::at(key, self.cursor.bytes);
            match name.and_then(Field::of_envelope) {
                Some(field) => {
                    self.see(field)?;
                    match field {
                        Field::Data => self.data()?,
                        Field::Timestamp => self.fields.timestamp = self.cursor.integer()?,
                        Field::Type => self.r#type()?,
                        _ => self.string(field)?,
                    }
                }
                None => {
                    self.cursor.keys.add(0, key.of(self.cursor.bytes))?;
                    self.unknown(key, false)?;
                }
            }
            if self.is_last()? {
                return Some(());
            }
        }
    }

    fn data(&mut self) -> Option<()> {
        self.cursor.take(b'{')?;
        if self.cursor.next()? == b'}' {
            self.cursor.at += 1;
            return Some(());
        }
        let first_key = self.cursor.keys.open();
        loop {
            let key = self.cursor.key()?;
            let name = Name::at(key, self.cursor.bytes);
            match name.and_then(|name| Field::of_data(self.kind, name)) {
                Some(field) => {
                    self.see(field)?;
                    match field {
                        Field::Status => self.status()?,
                        _ => self.string(field)?,
                    }
                }
                None => {
                    self.cursor.keys.add(first_key, key.of(self.cursor.bytes))?;
                    self.unknown(key, true)?;
                }
            }
            if self.is_last()? {
                self.cursor.keys.close(first_key);
                return Some(());
            }
        }
    }

    /// Whether an unknown member may mean a field that is missing.
    fn has_strays(&self) -> bool {
        let table = match self.kind {
            Kind::Command => COMMAND_DATA,
            Kind::Result => RESULT_DATA,
        };
        let missing = |rows: &'static [(Field, &'static field::Field)]| {
            let missing = rows
                .iter()
                .filter(|(field, _)| self.seen & field.bit() == 0);
            missing.map(|(_, field)| *field)
        };
        self.fields.unknown.iter().any(|unknown| {
            let key = unknown.key.text(self.cursor.bytes);
            if unknown.in_data {
                validate::may_mean(key, missing(table), missing(ENVELOPE))
            } else {
                validate::may_mean(key, missing(ENVELOPE), missing(table))
            }
        })
    }

    /// After a member: whether its object ends.
    fn is_last(&mut self) -> Option<bool> {
        let byte = self.cursor.next()?;
        self.cursor.at += 1;
        match byte {
            b',' => Some(false),
            b'}' => Some(true),
            _ => None,
        }
    }

    /// Notes a field. A second one of the same name: not sure.
    fn see(&mut self, field: Field) -> Option<()> {
        if self.seen & field.bit() != 0 {
            return None;
        }
        self.seen |= field.bit();
        self.fields.present |= field.bit();
        Some(())
    }

    fn r#type(&mut self) -> Option<()> {
        let text = self.cursor.string()?;
        (Name::at(text.place, self.cursor.bytes)? == Name::new(TYPE.as_bytes())).then_some(())
    }

    fn status(&mut self) -> Option<()> {
        let number = self.cursor.integer()?;
        self.fields.status = u8::try_from(number).ok().filter(|code| *code <= 6)?;
        Some(())
    }

    /// A string field; `null` is absent (§2), which for a required field then shows. Empty ones are
    /// worth a word or are errors: not sure.
    fn string(&mut self, field: Field) -> Option<()> {
        if self.cursor.peek()? == b'n' {
            self.fields.present &= !field.bit();
            return self.cursor.word(b"null");
        }
        let text = self.cursor.string()?;
        if text.place.start == text.place.end {
            return None;
        }
        *self.fields.strings.get_mut(field as usize)? = text.place;
        if text.escaped {
            self.fields.escaped |= field.bit();
        }
        Some(())
    }

    fn unknown(&mut self, key: super::Place, in_data: bool) -> Option<()> {
        if self.fields.unknown.len() == MOST_UNKNOWN {
            return None;
        }
        let (start, before) = (self.cursor.at, self.cursor.shift());
        let plain = self.cursor.skip(1 + usize::from(in_data))?;
        self.fields.unknown.push(Unknown {
            key,
            value: self.cursor.place_since(start, before)?,
            in_data,
            plain,
        });
        Some(())
    }
}
