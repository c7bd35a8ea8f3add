//! Members of objects: finding them, naming them, reporting about them.

use std::ops::Range;

use super::Rules;
use crate::diagnostic::problem::{self, Expected, Problem, Shown, excerpt};
use crate::json::{Member, Node, Value, pointer};
use crate::message::Extra;

/// An object of the message.
pub(super) struct Fields<'n> {
    members: &'n [Member<'n>],
    place: Range<usize>,
    path: &'static str,
}

impl<'n> Fields<'n> {
    /// The members of `node` at `path`, if it is an object.
    pub(super) fn of(node: &'n Node<'_>, path: &'static str) -> Option<Fields<'n>> {
        match &node.value {
            Value::Object(members) => Some(Fields {
                members,
                place: node.place.clone(),
                path,
            }),
            _ => None,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'n Node<'n>> {
        self.members
            .iter()
            .find(|member| member.key == name)
            .map(|member| &member.node)
    }
}

impl Rules<'_> {
    /// Reports about a field: at its value or, where there is none, at the object it should be in.
    pub(super) fn report(&mut self, fields: &Fields<'_>, name: &str, problem: Problem) {
        let place = fields
            .get(name)
            .map_or(&fields.place, |node| &node.place)
            .clone();
        self.findings
            .add(problem, pointer(fields.path, name), Some(place));
    }

    pub(super) fn missing(&mut self, fields: &Fields<'_>, name: &str, expected: Expected) {
        self.report(fields, name, problem::field_missing(name, expected));
    }

    fn wrong_type(&mut self, fields: &Fields<'_>, name: &str, node: &Node<'_>, expected: Expected) {
        let problem = problem::field_type(Some(name), &self.shown(node), expected);
        self.report(fields, name, problem);
    }

    /// A string that must be there.
    pub(super) fn required<'n>(
        &mut self,
        fields: &Fields<'n>,
        name: &str,
        expected: Expected,
    ) -> Option<&'n str> {
        let Some(node) = fields.get(name) else {
            self.missing(fields, name, expected);
            return None;
        };
        match &node.value {
            Value::String(text) => Some(text),
            _ => {
                self.wrong_type(fields, name, node, expected);
                None
            }
        }
    }

    /// A string that may be absent, as it also is when it is `null` or empty (§2).
    pub(super) fn optional(&mut self, fields: &Fields<'_>, name: &str) -> Option<String> {
        let node = fields.get(name)?;
        match &node.value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => {
                self.report(fields, name, problem::field_empty_optional(name));
                None
            }
            Value::String(text) => Some(text.clone().into_owned()),
            _ => {
                self.wrong_type(fields, name, node, Expected::Text);
                None
            }
        }
    }

    /// A number whose value is integral.
    pub(super) fn integer(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        node: &Node<'_>,
        expected: Expected,
    ) -> Option<f64> {
        match node.value {
            Value::Number(number) if number.is_finite() && number.fract() == 0.0 => Some(number),
            _ => {
                self.wrong_type(fields, name, node, expected);
                None
            }
        }
    }

    /// The members that the protocol does not name; none where the message is invalid anyway.
    pub(super) fn extra(&self, fields: &Fields<'_>, known: &[&str]) -> Extra {
        if !self.findings.is_valid() {
            return Extra::new();
        }
        let unknown = fields
            .members
            .iter()
            .filter(|member| !known.contains(&member.key.as_ref()));
        let text = |member: &Member<'_>| self.document.text(self.source, &member.node.place);
        unknown
            .map(|member| (member.key.clone().into_owned(), text(member)))
            .collect()
    }

    /// A value as a message names it.
    pub(super) fn shown(&self, node: &Node<'_>) -> Shown {
        let same = |text: String| Shown {
            en: text.clone(),
            zh: format!(" {text}"),
        };
        let both = |en: &str, zh: &str| Shown {
            en: en.to_owned(),
            zh: zh.to_owned(),
        };
        match &node.value {
            Value::Null => same("`null`".to_owned()),
            Value::Bool(value) => same(format!("`{value}`")),
            Value::Number(_) => {
                let number = excerpt(&self.document.text(self.source, &node.place));
                Shown {
                    en: format!("the number `{number}`"),
                    zh: format!("数字 `{number}`"),
                }
            }
            Value::String(text) => {
                let text = excerpt(text);
                Shown {
                    en: format!("the string `{text}`"),
                    zh: format!("字符串 `{text}`"),
                }
            }
            Value::Array => both("an array", "数组"),
            Value::Object(_) => both("an object", "对象"),
        }
    }
}
