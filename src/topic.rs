//! Topics and filters (§1).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Error;
use crate::diagnostic::problem::{self, Level, Problem};

/// Most bytes of a topic (MQTT's own limit).
const MAX_BYTES: usize = 65_535;

/// The part of a topic before the device level (§1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Namespace {
    /// User-defined MQTT (用户自定义MQTT): `v1/wudun/{product_key}/…`.
    Wudun {
        /// One topic level.
        product_key: String,
    },
    /// Platform-default MQTT (平台默认MQTT): `v1/user/{tenant}/…`.
    User {
        /// One topic level.
        tenant: String,
    },
    /// Custom prefix (自定义前缀): `{prefix}/…`.
    Prefix {
        /// One or more topic levels joined by `/`, optionally with one leading `/`.
        prefix: String,
    },
}

/// Which way a message travels (§1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Operator to device: `…/ota/upgrade/command`.
    Command,
    /// Device to operator: `…/ota/upgrade/result`.
    Result,
}

/// A valid topic: can only be made by [`Topic::new`] or [`Topic::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Topic {
    namespace: Namespace,
    device: String,
    channel: Channel,
}

impl Channel {
    /// `command` or `result`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Command => "command",
            Channel::Result => "result",
        }
    }
}

impl Namespace {
    /// The levels before the device.
    pub(crate) fn levels(&self) -> Cow<'_, str> {
        match self {
            Namespace::Wudun { product_key } => Cow::Owned(format!("v1/wudun/{product_key}")),
            Namespace::User { tenant } => Cow::Owned(format!("v1/user/{tenant}")),
            Namespace::Prefix { prefix } => Cow::Borrowed(prefix),
        }
    }

    /// What is wrong with it, each with the field it is in.
    fn problems(&self) -> Vec<(Problem<'_>, &'static str)> {
        let one = |what, level, path| {
            level_problem(what, level)
                .map(|problem| (problem, path))
                .into_iter()
                .collect()
        };
        match self {
            Namespace::Wudun { product_key } => {
                one(Level::ProductKey, product_key, "/namespace/productKey")
            }
            Namespace::User { tenant } => one(Level::Tenant, tenant, "/namespace/tenant"),
            Namespace::Prefix { prefix } => prefix_problems(prefix)
                .into_iter()
                .map(|problem| (problem, "/namespace/prefix"))
                .collect(),
        }
    }

    /// The namespace whose levels these are. Not yet checked.
    pub(crate) fn of(levels: &str) -> Namespace {
        match named(levels) {
            Some((false, level)) => Namespace::Wudun {
                product_key: level.to_owned(),
            },
            Some((true, level)) => Namespace::User {
                tenant: level.to_owned(),
            },
            None => Namespace::Prefix {
                prefix: levels.to_owned(),
            },
        }
    }
}

/// Splits levels of exactly the form `v1/wudun/x` or `v1/user/x` (`true`).
fn named(levels: &str) -> Option<(bool, &str)> {
    let wudun = levels.strip_prefix("v1/wudun/").map(|level| (false, level));
    let user = || levels.strip_prefix("v1/user/").map(|level| (true, level));
    wudun
        .or_else(user)
        .filter(|(_, level)| !level.contains('/'))
}

/// What is wrong with a topic level.
pub(crate) fn level_problem(what: Level, text: &str) -> Option<Problem<'_>> {
    if text.is_empty() {
        return Some(problem::level_empty(what));
    }
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'/' | b'+' | b'#'))
    {
        return None;
    }
    let forbidden =
        |c: &char| matches!(c, '/' | '+' | '#') || c.is_control() || problem::is_noncharacter(*c);
    let c = text.chars().find(forbidden)?;
    Some(problem::level_character(what, text, c))
}

fn prefix_problems(prefix: &str) -> Vec<Problem<'_>> {
    let levels = prefix.strip_prefix('/').unwrap_or(prefix);
    let wrong = levels
        .split('/')
        .find_map(|level| level_problem(Level::Prefix, level));
    let mut problems = Vec::from_iter(wrong);
    if levels.starts_with('$') {
        problems.push(problem::prefix_dollar(prefix));
    }
    problems.extend(named(prefix).map(|(user, _)| problem::prefix_reserved(prefix, user)));
    problems
}

/// Checks the parts of a topic or filter whose whole is `bytes` long.
/// Whether a device can be in a namespace that is valid, given by its levels: [`Topic::new`] allows its command topic.
pub(crate) fn is_device(levels: &str, device: &str) -> bool {
    let command = levels.len() + "/".len() + device.len() + "/ota/upgrade/command".len();
    command <= MAX_BYTES && level_problem(Level::Device, device).is_none()
}

fn check_parts(namespace: &Namespace, device: Option<&str>, bytes: usize) -> Result<(), Error> {
    let mut problems = namespace.problems();
    let device = device.and_then(|device| level_problem(Level::Device, device));
    problems.extend(device.map(|problem| (problem, "/device")));
    if bytes > MAX_BYTES {
        problems.push((problem::topic_too_long(bytes), ""));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        problems
            .into_iter()
            .map(|(problem, path)| problem.into_diagnostic(path.to_owned()))
            .collect(),
    ))
}

impl Topic {
    /// Makes a topic from its parts.
    ///
    /// # Errors
    /// `level-empty`, `level-character`, `prefix-dollar`, `prefix-reserved`, `topic-too-long`; the
    /// path names the part.
    pub fn new(namespace: Namespace, device: &str, channel: Channel) -> Result<Topic, Error> {
        let topic = Topic {
            namespace,
            device: device.to_owned(),
            channel,
        };
        check_parts(&topic.namespace, Some(device), topic.to_string().len())?;
        Ok(topic)
    }

    /// Reads a topic, from its right-hand end. What parses is written back exactly as it was.
    ///
    /// # Errors
    /// `topic-form` besides those of [`Topic::new`].
    pub fn parse(topic: &str) -> Result<Topic, Error> {
        let command = topic
            .strip_suffix("/ota/upgrade/command")
            .map(|rest| (rest, Channel::Command));
        let result = || {
            topic
                .strip_suffix("/ota/upgrade/result")
                .map(|rest| (rest, Channel::Result))
        };
        let parts = command
            .or_else(result)
            .and_then(|(rest, channel)| Some((rest.rsplit_once('/')?, channel)));
        let Some(((levels, device), channel)) = parts else {
            return Err(Error::one(problem::topic_form(topic), ""));
        };
        let namespace = Namespace::of(levels);
        check_parts(&namespace, Some(device), topic.len()).map_err(|error| error.with_path(""))?;
        Ok(Topic {
            namespace,
            device: device.to_owned(),
            channel,
        })
    }

    /// The part before the device.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The device level.
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Which way messages travel on it.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The topic without `/ota/upgrade/…`: what tells devices of one broker apart (§1).
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/{}", self.namespace.levels(), self.device)
    }

    /// The same device's topic on the other, or the same, channel.
    ///
    /// One byte more or less: a result topic of exactly 65,535 bytes has no valid command beside it.
    #[must_use]
    pub fn with_channel(self, channel: Channel) -> Topic {
        Topic { channel, ..self }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/ota/upgrade/{}",
            self.address(),
            self.channel.as_str()
        )
    }
}

/// A subscription for one device or, without `device`, for all of a namespace; for one channel or,
/// without `channel`, for both.
///
/// # Errors
/// As [`Topic::new`].
pub fn filter(
    namespace: &Namespace,
    device: Option<&str>,
    channel: Option<Channel>,
) -> Result<String, Error> {
    let (level, last) = (device.unwrap_or("+"), channel.map_or("+", Channel::as_str));
    let filter = format!("{}/{level}/ota/upgrade/{last}", namespace.levels());
    check_parts(namespace, device, filter.len())?;
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way for many devices of one namespace.
    #[test]
    fn devices_are_those_of_topics() {
        let devices = [
            "gw-1", "网关", "", "a/b", "+", "a#", "\u{7f}", "\u{fffe}", "\u{0}",
        ];
        for levels in ["v1/wudun/pk", "v1/user/t", "site", "/a/b"] {
            let longest = MAX_BYTES - levels.len() - "//ota/upgrade/command".len();
            let long = [longest, longest + 1].map(|length| "d".repeat(length));
            for device in devices.into_iter().chain(long.iter().map(String::as_str)) {
                let topic = Topic::new(Namespace::of(levels), device, Channel::Command);
                assert_eq!(
                    is_device(levels, device),
                    topic.is_ok(),
                    "{levels} {device}"
                );
            }
        }
    }
}
