//! JSON whose members keep their order.

use std::borrow::Cow;
use std::fmt;

use crate::json::write_string;

pub(super) enum Json {
    Object(Vec<(&'static str, Json)>),
    Array(Vec<Json>),
    Text(String),
    /// JSON as it stands.
    Raw(Cow<'static, str>),
}

impl Json {
    pub(super) fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    pub(super) fn number(number: impl fmt::Display) -> Json {
        Json::Raw(number.to_string().into())
    }

    /// A reference to another part of the document.
    pub(super) fn reference(to: &str) -> Json {
        Json::Object(vec![("$ref", Json::text(to))])
    }

    fn write(&self, to: &mut String) {
        match self {
            Json::Object(members) => {
                for (index, (key, value)) in members.iter().enumerate() {
                    to.push(if index == 0 { '{' } else { ',' });
                    write_string(to, key);
                    to.push(':');
                    value.write(to);
                }
                to.push_str(if members.is_empty() { "{}" } else { "}" });
            }
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    to.push(if index == 0 { '[' } else { ',' });
                    item.write(to);
                }
                to.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Json::Text(text) => write_string(to, text),
            Json::Raw(json) => to.push_str(json),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}
