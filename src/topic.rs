//! Topics and filters (§1).

use serde::{Deserialize, Serialize};

/// The part of a topic before the device level (§1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
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
