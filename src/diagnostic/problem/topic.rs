//! About topics and their levels (§1).

use super::{Code, Line, Problem, Words, advise, count, hinted, quoting};
use crate::similar::near;

/// What obeys the rules of a topic level (§1).
#[derive(Clone, Copy)]
pub(crate) enum Level {
    ProductKey,
    Tenant,
    Prefix,
    Device,
    DeviceUid,
    SubDeviceUid,
}

impl Level {
    fn name(self) -> Line<'static> {
        match self {
            Level::ProductKey => Words::ProductKey,
            Level::Tenant => Words::Tenant,
            Level::Prefix => Words::PrefixLevel,
            Level::Device => Words::Device,
            Level::DeviceUid => Words::DeviceUid,
            Level::SubDeviceUid => Words::SubDeviceUid,
        }
        .into()
    }
}

#[cold]
pub(crate) fn topic_too_long(bytes: usize) -> Problem<'static> {
    let found = Line::from(Words::TopicTooLong).number(count(bytes));
    hinted(Code::TopicTooLong, found, Words::ShorterLevels)
}

#[cold]
pub(crate) fn topic_form(topic: &str) -> Problem<'_> {
    let found = quoting(Words::TopicForm, topic);
    advise(Code::TopicForm, found, form_hint(topic))
}

fn form_hint(topic: &str) -> Option<Line<'_>> {
    let fits = |text: &str| {
        text.ends_with("/ota/upgrade/command") || text.ends_with("/ota/upgrade/result")
    };
    let (_, last) = topic.rsplit_once('/')?;
    let hint = if fits(topic) {
        Words::AddNamespace
    } else if fits(topic.trim()) {
        Words::RemoveSpace
    } else if fits(topic.trim_end_matches('/')) {
        Words::RemoveLastSlash
    } else if matches!(last, "+" | "#") {
        Words::IsFilter
    } else if fits(&topic.to_ascii_lowercase()) {
        Words::LowerCaseLevels
    } else {
        let name = ["command", "result"]
            .into_iter()
            .find(|name| near(last, name))?;
        return Some(Line::with(Words::DidYouMean, name));
    };
    Some(hint.into())
}

#[cold]
pub(crate) fn prefix_dollar(prefix: &str) -> Problem<'_> {
    let found = Line::about(Words::PrefixDollar, prefix);
    hinted(Code::PrefixDollar, found, Words::OtherFirstLevel)
}

#[cold]
pub(crate) fn prefix_reserved(prefix: &str, user: bool) -> Problem<'_> {
    let (found, hint) = if user {
        (Words::PrefixIsUser, Words::UseUser)
    } else {
        (Words::PrefixIsWudun, Words::UseWudun)
    };
    let found = Line::about(found, prefix);
    hinted(Code::PrefixReserved, found, hint)
}

#[cold]
pub(crate) fn level_empty(level: Level) -> Problem<'static> {
    let found = Line::from(Words::LevelEmpty).line(level.name());
    hinted(Code::LevelEmpty, found, Words::FillIn)
}

#[cold]
pub(crate) fn level_character(level: Level, text: &str, c: char) -> Problem<'_> {
    let subscription = matches!(level, Level::Device) && matches!(text, "+" | "#");
    let hint = if subscription {
        Words::IsFilter
    } else {
        Words::Remove
    };
    let found = Line::from(Words::LevelCharacter)
        .line(level.name())
        .excerpt(text)
        .character(c);
    hinted(Code::LevelCharacter, found, hint)
}
