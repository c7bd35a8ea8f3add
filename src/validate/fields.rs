//! Members of objects: finding them, naming them, reporting about them.

use std::ops::Range;

use super::Rules;
use crate::diagnostic::line::{Line, Words};
use crate::diagnostic::problem::{self, Problem, Wrong, excerpt};
use crate::json::{Member, Node, Value, pointer, value_of};
use crate::message::Extra;
use crate::message::field::Field;

/// An object of the message.
pub(super) struct Fields<'n> {
    pub(super) members: &'n [Member<'n>],
    place: Range<usize>,
    pub(super) path: &'static str,
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
    pub(super) fn report(&mut self, fields: &Fields<'_>, field: &Field, problem: Problem) {
        let place = fields
            .get(field.name)
            .map_or(&fields.place, |node| &node.place)
            .clone();
        self.findings
            .add(problem, pointer(fields.path, field.name), Some(place));
    }

    pub(super) fn wrong_type(&mut self, fields: &Fields<'_>, field: &Field, node: &Node<'_>) {
        let wrong = match &node.value {
            Value::String(text) => Wrong::Text(text),
            Value::Number => Wrong::Number,
            Value::Null => Wrong::Null,
            Value::Bool(_) | Value::Array | Value::Object(_) => Wrong::Other,
        };
        let problem = problem::field_type(field, &self.shown(node), &wrong);
        self.report(fields, field, problem);
    }

    /// The value of a field; where it must be there and is not, that is reported.
    pub(super) fn node<'n>(&mut self, fields: &Fields<'n>, field: &Field) -> Option<&'n Node<'n>> {
        let node = fields.get(field.name);
        if node.is_none() && field.required {
            self.report(fields, field, problem::field_missing(field));
        }
        node
    }

    /// A string, with everything reported that breaks its rule. Where it may be absent, it also is when
    /// it is `null` or empty (§2).
    pub(super) fn text<'n>(&mut self, fields: &Fields<'n>, field: &Field) -> Option<&'n str> {
        let node = self.node(fields, field)?;
        match &node.value {
            Value::Null if !field.required => None,
            Value::String(text) if text.is_empty() && !field.required => {
                self.report(fields, field, problem::field_empty_optional(field.name));
                None
            }
            Value::String(text) => {
                for problem in self.problems(field.rule, text) {
                    self.report(fields, field, problem);
                }
                Some(text)
            }
            _ => {
                self.wrong_type(fields, field, node);
                None
            }
        }
    }

    /// A number whose value is integral.
    pub(super) fn integer<'n>(
        &mut self,
        fields: &Fields<'n>,
        field: &Field,
    ) -> Option<(&'n Node<'n>, f64)> {
        let node = self.node(fields, field)?;
        if let Value::Number = node.value {
            let number = value_of(&self.document.text(self.source, &node.place));
            if number.is_finite() && number.trunc() == number {
                return Some((node, number));
            }
        }
        self.wrong_type(fields, field, node);
        None
    }

    /// The members that the protocol does not name; none where the message is invalid anyway.
    pub(super) fn extra(&self, fields: &Fields<'_>, known: &[Field]) -> Extra {
        if !self.findings.is_valid() {
            return Extra::new();
        }
        let unknown = fields
            .members
            .iter()
            .filter(|member| !known.iter().any(|field| field.name == member.key));
        let text = |member: &Member<'_>| self.document.text(self.source, &member.node.place);
        unknown
            .map(|member| (member.key.clone().into_owned(), text(member)))
            .collect()
    }

    /// A value as a message names it.
    pub(super) fn shown(&self, node: &Node<'_>) -> Line {
        match &node.value {
            Value::Null => Words::Null.into(),
            Value::Bool(true) => Words::True.into(),
            Value::Bool(false) => Words::False.into(),
            Value::Number => {
                let number = self.document.text(self.source, &node.place);
                Line::with(Words::TheNumber, &excerpt(&number))
            }
            Value::String(text) => Line::with(Words::TheString, &excerpt(text)),
            Value::Array => Words::AnArray.into(),
            Value::Object(_) => Words::AnObject.into(),
        }
    }
}
