//! As much of a command as a gateway needs.

use crate::diagnostic::findings::Findings;
use crate::json::{self, Node, Source, Value};
use crate::message::{Command, Mid};

/// A command that is to be carried out, or at least answered.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub mid: Mid,
    pub sub_device: Option<String>,
    pub trace_id: Option<String>,
    pub source: Option<String>,
    /// URL and MD5; `None` when the command breaks a rule.
    pub image: Option<(String, String)>,
}

impl Asked {
    pub(super) fn of(command: Command) -> Asked {
        Asked {
            mid: command.mid,
            sub_device: command.sub_device_uid,
            trace_id: command.trace_id,
            source: Some(command.data.source),
            image: Some((command.data.download_url, command.data.md5_code)),
        }
    }

    /// Just enough of an invalid command to answer it: a real gateway cannot leave its operator
    /// waiting. `None` unless it is JSON with a `mid`, addressed to this device.
    pub(super) fn loosely(payload: &[u8], device: &str) -> Option<Asked> {
        let source = Source::new(payload, false);
        let root = json::read(&source, true, &mut Findings::default())?.root;
        if text(&root, "device_uid")? != device {
            return None;
        }
        let data = member(&root, "data");
        let owned = |text: &str| text.to_owned();
        Some(Asked {
            mid: Mid::parse(text(&root, "mid")?)?,
            sub_device: None,
            trace_id: text(&root, "trace_id").map(owned),
            source: data.and_then(|data| text(data, "source")).map(owned),
            image: None,
        })
    }
}

fn member<'a>(node: &'a Node<'_>, key: &str) -> Option<&'a Node<'a>> {
    match &node.value {
        Value::Object(members) => members
            .iter()
            .find(|member| member.key == key)
            .map(|member| &member.node),
        _ => None,
    }
}

fn text<'a>(node: &'a Node<'_>, key: &str) -> Option<&'a str> {
    match &member(node, key)?.value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
