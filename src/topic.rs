//! Topics and filters (§1).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Error;
use crate::diagnostic::problem::{self, Level, Problem};

/// Most bytes of a topic (MQTT's own limit).
const MAX_BYTES: usize = 65_535;

/// The part of a topic before the device level (§1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Operator to device: `…/ota/upgrade/command`.
    Command,
    /// Device to operator: `…/ota/upgrade/result`.
    Result,
}

/// A valid topic: can only be made by [`Topic::new`] or [`Topic::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
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
    /// The levels before the device, by the rules of §1; the problem comes with the field it is in.
    fn levels(&self) -> Result<String, (Problem, &'static str)> {
        match self {
            Namespace::Wudun { product_key } => {
                check_level(Level::ProductKey, product_key)
                    .map_err(|p| (p, "/namespace/productKey"))?;
                Ok(format!("v1/wudun/{product_key}"))
            }
            Namespace::User { tenant } => {
                check_level(Level::Tenant, tenant).map_err(|p| (p, "/namespace/tenant"))?;
                Ok(format!("v1/user/{tenant}"))
            }
            Namespace::Prefix { prefix } => {
                check_prefix(prefix).map_err(|p| (p, "/namespace/prefix"))?;
                Ok(prefix.clone())
            }
        }
    }

    /// The namespace whose levels these are. Not yet checked.
    fn of(levels: &str) -> Namespace {
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

/// Checks the rules of a topic level.
pub(crate) fn check_level(what: Level, text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(problem::level_empty(what));
    }
    let forbidden =
        |c: &char| matches!(c, '/' | '+' | '#') || c.is_control() || problem::is_noncharacter(*c);
    match text.chars().find(forbidden) {
        Some(c) => Err(problem::level_character(what, text, c)),
        None => Ok(()),
    }
}

fn check_prefix(prefix: &str) -> Result<(), Problem> {
    let levels = prefix.strip_prefix('/').unwrap_or(prefix);
    for level in levels.split('/') {
        check_level(Level::Prefix, level)?;
    }
    if levels.starts_with('$') {
        return Err(problem::prefix_dollar(prefix));
    }
    match named(prefix) {
        Some((user, _)) => Err(problem::prefix_reserved(prefix, user)),
        None => Ok(()),
    }
}

fn check_length(topic: &str) -> Result<(), Error> {
    if topic.len() > MAX_BYTES {
        Err(Error::one(problem::topic_too_long(topic.len()), ""))
    } else {
        Ok(())
    }
}

impl Topic {
    /// Makes a topic from its parts.
    ///
    /// # Errors
    /// `level-empty`, `level-character`, `prefix-dollar`, `prefix-reserved`, `topic-too-long`; the
    /// path names the part.
    pub fn new(namespace: Namespace, device: &str, channel: Channel) -> Result<Topic, Error> {
        namespace
            .levels()
            .map_err(|(problem, path)| Error::one(problem, path))?;
        check_level(Level::Device, device).map_err(|problem| Error::one(problem, "/device"))?;
        let topic = Topic {
            namespace,
            device: device.to_owned(),
            channel,
        };
        check_length(&topic.to_string())?;
        Ok(topic)
    }

    /// Reads a topic, from its right-hand end. What parses is written back exactly as it was.
    ///
    /// # Errors
    /// `topic-form` besides those of [`Topic::new`].
    pub fn parse(topic: &str) -> Result<Topic, Error> {
        check_length(topic)?;
        let command = topic
            .strip_suffix("/ota/upgrade/command")
            .map(|rest| (rest, Channel::Command));
        let result = || {
            topic
                .strip_suffix("/ota/upgrade/result")
                .map(|rest| (rest, Channel::Result))
        };
        let parts = command.or_else(result);
        let Some((levels, device, channel)) = parts.and_then(|(rest, channel)| {
            rest.rsplit_once('/')
                .map(|(levels, device)| (levels, device, channel))
        }) else {
            return Err(Error::one(problem::topic_form(topic), ""));
        };
        let namespace = Namespace::of(levels);
        namespace
            .levels()
            .map_err(|(problem, _)| Error::one(problem, ""))?;
        check_level(Level::Device, device).map_err(|problem| Error::one(problem, ""))?;
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
        let device = &self.device;
        match &self.namespace {
            Namespace::Wudun { product_key } => format!("v1/wudun/{product_key}/{device}"),
            Namespace::User { tenant } => format!("v1/user/{tenant}/{device}"),
            Namespace::Prefix { prefix } => format!("{prefix}/{device}"),
        }
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
    let levels = namespace
        .levels()
        .map_err(|(problem, path)| Error::one(problem, path))?;
    if let Some(device) = device {
        check_level(Level::Device, device).map_err(|problem| Error::one(problem, "/device"))?;
    }
    let (device, channel) = (device.unwrap_or("+"), channel.map_or("+", Channel::as_str));
    let filter = format!("{levels}/{device}/ota/upgrade/{channel}");
    check_length(&filter)?;
    Ok(filter)
}
