//! About the fields of messages (§2–§4).

use super::{Code, Line, Problem, Shown, Words, advise, count, hinted, quoting};
use crate::json::Value;
use crate::message::field::{Field, Rule};
use crate::message::{Kind, Status, TYPE};
use crate::similar::near;
use crate::validate::is_md5;

#[cold]
pub(crate) fn field_missing(field: &Field) -> Problem<'static> {
    let found = Line::with(Words::FieldMissing, field.name);
    let hint = Line::from(Words::AddField).line(expected(field));
    advise(Code::FieldMissing, found, Some(hint))
}

#[cold]
pub(crate) fn field_unknown_similar<'a>(found: &'a str, field: &Field) -> Problem<'a> {
    let similar = Line::about(Words::FieldUnknownSimilar, found).text(field.name);
    let hint = Line::with(Words::DidYouMean, field.name);
    advise(Code::FieldUnknownSimilar, similar, Some(hint))
}

#[cold]
pub(crate) fn field_misplaced(field: &Field, in_data: bool) -> Problem<'_> {
    let (found, hint) = if in_data {
        (Words::FieldInData, Words::MoveOut)
    } else {
        (Words::FieldBesideData, Words::MoveIn)
    };
    hinted(Code::FieldMisplaced, Line::with(found, field.name), hint)
}

/// What a field should hold.
fn expected(field: &Field) -> Words {
    match field.rule {
        Rule::Status => Words::AnInteger,
        _ if !field.required => Words::AString,
        Rule::Mid => Words::AFreshUuid,
        Rule::Type => Words::TheType,
        Rule::Level(_) => Words::TheDeviceLevel,
        Rule::Timestamp => Words::Milliseconds,
        Rule::Data => Words::AnObject,
        Rule::Text | Rule::Reply => Words::AString,
        Rule::Target => Words::TheTarget,
        Rule::Url => Words::TheUrl,
        Rule::Md5 => Words::TheMd5,
    }
}

/// A value of the wrong type, as a hint needs to know it.
pub(crate) enum Wrong<'a> {
    Text(&'a str),
    Number,
    Null,
    Other,
}

#[cold]
pub(crate) fn field_type<'a>(
    field: &Field,
    found: &'a Shown<'_>,
    wrong: &Wrong<'a>,
) -> Problem<'a> {
    let found = Line::with(Words::FieldType, field.name)
        .shown(found)
        .line(expected(field));
    advise(Code::FieldType, found, type_hint(field, wrong))
}

fn type_hint<'a>(field: &Field, wrong: &Wrong<'a>) -> Option<Line<'a>> {
    let integer = matches!(field.rule, Rule::Timestamp | Rule::Status);
    if let (Wrong::Text(text), Rule::Status) = (wrong, field.rule)
        && let Some(code) = status_named(text)
    {
        let number = Line::from(Words::StatusNumber).number(code.into());
        return Some(number.text(text));
    }
    let hint = match (wrong, field.rule) {
        (Wrong::Text(text), _) if integer && is_all_digits(text) => Words::RemoveQuotes,
        (Wrong::Text(text), Rule::Timestamp) if text.as_bytes().contains(&b'-') => {
            Words::DateAsNumber
        }
        (Wrong::Text(text), Rule::Data) if opens_object(text) => Words::EncodedTwice,
        (Wrong::Number, Rule::Timestamp | Rule::Status) => Words::WithoutFraction,
        (Wrong::Number, rule) if !matches!(rule, Rule::Data | Rule::Url | Rule::Md5) => {
            Words::PutInQuotes
        }
        (Wrong::Null, Rule::Status) => Words::LeaveStatusOut,
        _ => return None,
    };
    Some(hint.into())
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn opens_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The code of a status that is given by its name.
fn status_named(text: &str) -> Option<u8> {
    let label = |status: &Status| status.name() == text || status.term() == text;
    Status::ALL.into_iter().find(label).map(Status::code)
}

#[cold]
pub(crate) fn message_type<'a>(found: &'a Shown<'_>, value: &Value<'_>) -> Problem<'a> {
    let hint = match value {
        Value::Array => Some(Words::OwnPayloads.into()),
        Value::String(text) if opens_object(text) => Some(Words::EncodedTwice.into()),
        _ => None,
    };
    let found = Line::from(Words::MessageType).shown(found);
    advise(Code::FieldType, found, hint)
}

#[cold]
pub(crate) fn source_empty() -> Problem<'static> {
    hinted(Code::FieldEmpty, Words::SourceEmpty, Words::FillIn)
}

#[cold]
pub(crate) fn field_empty_optional(field: &str) -> Problem<'_> {
    let found = Line::with(Words::FieldEmptyOptional, field);
    hinted(Code::FieldEmptyOptional, found, Words::LeaveOut)
}

#[cold]
pub(crate) fn mid_form(found: &str) -> Problem<'_> {
    let digits = || found.bytes().filter(u8::is_ascii_hexdigit).count();
    let hint = if is_md5(found.as_bytes()) {
        Words::AddHyphens
    } else if found != found.trim() {
        Words::RemoveSpace
    } else if found.starts_with('{') && digits() == 32 {
        Words::RemoveBraces
    } else if found.starts_with("urn:uuid:") {
        Words::RemoveUrn
    } else {
        Words::FreshUuid
    };
    let found = quoting(Words::MidForm, found);
    hinted(Code::MidForm, found, hint)
}

#[cold]
pub(crate) fn type_unknown(found: &str) -> Problem<'_> {
    let hint = if near(found, TYPE) {
        Line::with(Words::DidYouMean, TYPE)
    } else {
        Words::OtherMessages.into()
    };
    let found = quoting(Words::TypeUnknown, found);
    advise(Code::TypeUnknown, found, Some(hint))
}

#[cold]
pub(crate) fn device_mismatch<'a>(found: &'a str, topic: &'a str) -> Problem<'a> {
    let hint = if found.eq_ignore_ascii_case(topic) {
        Words::CaseCounts
    } else if found.trim() == topic {
        Words::RemoveSpace
    } else {
        Words::CorrectDevice
    };
    let found = quoting(Words::DeviceMismatch, found).excerpt(topic);
    hinted(Code::DeviceMismatch, found, hint)
}

#[cold]
pub(crate) fn timestamp_range<'a>(found: &'a Shown<'_>, value: f64) -> Problem<'a> {
    // From 2001 to 2286.
    let hint = if (1e18..1e19).contains(&value) {
        Words::Nanoseconds
    } else {
        Words::UsePresentTime
    };
    let found = Line::from(Words::TimestampRange).shown(found);
    hinted(Code::TimestampRange, found, hint)
}

#[cold]
pub(crate) fn timestamp_seconds(found: u64) -> Problem<'static> {
    let found = Line::from(Words::TimestampSeconds).number(found);
    hinted(Code::TimestampSeconds, found, Words::TimesThousand)
}

#[cold]
pub(crate) fn timestamp_ahead(found: u64, now: u64) -> Problem<'static> {
    let minutes = found.saturating_sub(now).div_ceil(60_000);
    // From half to twice a thousand times the present.
    let micro = (now.saturating_mul(500)..now.saturating_mul(2_000)).contains(&found);
    let hint = if micro {
        Words::Microseconds
    } else {
        Words::CheckClock
    };
    let found = Line::from(Words::TimestampAhead)
        .number(found)
        .number(minutes);
    hinted(Code::TimestampAhead, found, hint)
}

#[cold]
pub(crate) fn reply_form(found: &str) -> Problem<'_> {
    let found = Line::about(Words::ReplyForm, found);
    hinted(Code::ReplyForm, found, Words::CopyMid)
}

/// There are two kinds: the topic's is the other one.
#[cold]
pub(crate) fn kind_mismatch(stated: Kind) -> Problem<'static> {
    let found = match stated {
        Kind::Command => Words::StatedCommand,
        Kind::Result => Words::StatedResult,
    };
    hinted(Code::KindMismatch, found, Words::CorrectOne)
}

#[cold]
pub(crate) fn kind_inferred(kind: Kind) -> Problem<'static> {
    let found = match kind {
        Kind::Command => Words::InferredCommand,
        Kind::Result => Words::InferredResult,
    };
    hinted(Code::KindInferred, found, Words::GiveKind)
}

#[cold]
pub(crate) fn md5_form(found: &str) -> Problem<'_> {
    let hint = digest_hint(found).unwrap_or(Words::ComputeAgain.into());
    let found = match found.chars().count() {
        0 => Words::Empty.into(),
        length => Line::about(Words::QuotedOfLength, found).number(count(length)),
    };
    let found = Line::from(Words::Md5Form).line(found);
    advise(Code::Md5Form, found, Some(hint))
}

/// What a digest that is no MD5 probably is.
fn digest_hint(found: &str) -> Option<Line<'_>> {
    let digits = found.bytes().filter(u8::is_ascii_hexdigit).count();
    let other = match (digits == found.len(), found.len()) {
        (true, 40) => "SHA-1",
        (true, 64) => "SHA-256",
        (true, 128) => "SHA-512",
        _ if digits == 32 && found.trim() != found => return Some(Words::RemoveSpace.into()),
        _ if digits == 32 => return Some(Words::DigitsAlone.into()),
        _ if found.len() == 24 && found.ends_with("==") => return Some(Words::Base64.into()),
        _ => return None,
    };
    Some(Line::with(Words::OtherDigest, other))
}

#[cold]
pub(crate) fn md5_of_nothing() -> Problem<'static> {
    hinted(Code::Md5OfNothing, Words::Md5OfNothing, Words::CheckFile)
}

#[cold]
pub(crate) fn status_unknown<'a>(found: &'a Shown<'_>) -> Problem<'a> {
    let found = Line::from(Words::StatusUnknown).shown(found);
    hinted(Code::StatusUnknown, found, Words::UseStatus)
}
