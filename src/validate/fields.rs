//! Members of objects: finding them, naming them, reporting about them.

use std::borrow::Cow;
use std::ops::Range;

use super::Rules;
use crate::diagnostic::findings::Path;
use crate::diagnostic::line::{Shown, Words};
use crate::diagnostic::problem::{self, Problem, Wrong};
use crate::json::{Member, Node, Value, value_of};
use crate::message::Extra;
use crate::message::field::{Field, Name, Rule};

/// An object of the message.
pub(super) struct Fields<'n> {
    pub(super) members: &'n [Member<'n>],
    /// By the number of their names.
    known: [Option<&'n Node<'n>>; Name::COUNT],
    /// A bit for each of them.
    names: u32,
    /// Whether there are members beside them.
    others: bool,
    place: Range<usize>,
    pub(super) path: &'static str,
}

impl<'n> Fields<'n> {
    /// The members of `node` at `path`, if it is an object.
    #[inline]
    pub(super) fn of(node: &'n Node<'_>, path: &'static str) -> Option<Fields<'n>> {
        let Value::Object(members) = &node.value else {
            return None;
        };
        let mut known = [None; Name::COUNT];
        let (mut names, mut others) = (0, false);
        for member in members {
            if let Some(id) = member.id
                && let Some(known) = known.get_mut(id as usize)
            {
                *known = Some(&member.node);
                names |= id.bit();
            } else {
                others = true;
            }
        }
        Some(Fields {
            members,
            known,
            names,
            others,
            place: node.place.clone(),
            path,
        })
    }

    pub(super) fn get(&self, field: &Field) -> Option<&'n Node<'n>> {
        self.known.get(field.id as usize).copied().flatten()
    }

    /// The string of a field; where it may be absent, it also is when it is empty (§2).
    pub(super) fn text(&self, field: &Field) -> Option<&'n str> {
        match &self.get(field)?.value {
            Value::String(text) if field.required || !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A copy of it.
    pub(super) fn owned(&self, field: &Field) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// The members that a table does not name.
    pub(super) fn unknown(&self, table: &[Field]) -> impl Iterator<Item = &'n Member<'n>> {
        let known = table.iter().fold(0, |set, field| set | field.id.bit());
        let is_unknown = move |id: Name| known & id.bit() == 0;
        let some = self.others || self.names & !known != 0;
        let members = if some { self.members } else { &[] };
        members
            .iter()
            .filter(move |member| member.id.is_none_or(is_unknown))
    }
}

impl<'r> Rules<'r> {
    /// Reports about a field: at its value or, where there is none, at the object it should be in.
    pub(super) fn report(&mut self, fields: &Fields<'_>, field: &Field, problem: &Problem<'_>) {
        let place = fields.get(field).map_or(&fields.place, |node| &node.place);
        let path = Path::Field {
            name: field.id,
            in_data: !fields.path.is_empty(),
        };
        self.findings.add(problem, path, Some(place.clone()));
    }

    pub(super) fn wrong_type(&mut self, fields: &Fields<'_>, field: &Field, node: &Node<'_>) {
        let wrong = match &node.value {
            Value::String(text) => Wrong::Text(text),
            Value::Number => Wrong::Number,
            Value::Null => Wrong::Null,
            Value::Bool(_) | Value::Array | Value::Object(_) => Wrong::Other,
        };
        let shown = self.shown(node);
        let problem = problem::field_type(field, &shown, &wrong);
        self.report(fields, field, &problem);
    }

    /// Reports everything that breaks the rule of a field.
    pub(super) fn check(&mut self, fields: &Fields<'_>, field: &Field) {
        let Some(node) = fields.get(field) else {
            if field.required {
                self.report(fields, field, &problem::field_missing(field));
            }
            return;
        };
        match (&node.value, field.rule) {
            (Value::Number, Rule::Timestamp) => self.timestamp(fields, field, node),
            (Value::Number, Rule::Status) => self.status(fields, field, node),
            (Value::Object(_), Rule::Data) => {}
            (_, Rule::Timestamp | Rule::Status | Rule::Data) => {
                self.wrong_type(fields, field, node);
            }
            (Value::Null, _) if !field.required => {}
            (Value::String(text), _) if text.is_empty() && !field.required => {
                self.report(fields, field, &problem::field_empty_optional(field.name));
            }
            (Value::String(text), _) => self.text(fields, field, text),
            _ => self.wrong_type(fields, field, node),
        }
    }

    /// What a number is worth, if that is integral.
    pub(super) fn integer(&self, node: &Node<'_>) -> Option<f64> {
        let number = value_of(&self.document.text(self.source, &node.place));
        (number.is_finite() && number.trunc() == number).then_some(number)
    }

    /// The members that the protocol does not name.
    pub(super) fn extra(&self, fields: &Fields<'_>, known: &[Field]) -> Extra {
        let text = |member: &Member<'_>| self.document.text(self.source, &member.node.place);
        fields
            .unknown(known)
            .map(|member| (member.key.clone().into_owned(), text(member).into_owned()))
            .collect()
    }

    /// A value as a message names it.
    pub(super) fn shown<'n>(&self, node: &'n Node<'_>) -> Shown<'n>
    where
        'r: 'n,
    {
        let (words, text) = match &node.value {
            Value::Null => (Words::Null, None),
            Value::Bool(true) => (Words::True, None),
            Value::Bool(false) => (Words::False, None),
            Value::Number => {
                let number = self.document.text(self.source, &node.place);
                (Words::TheNumber, Some(number))
            }
            Value::String(text) => (Words::TheString, Some(Cow::Borrowed(&**text))),
            Value::Array => (Words::AnArray, None),
            Value::Object(_) => (Words::AnObject, None),
        };
        Shown { words, text }
    }
}
