//! Members that the protocol does not name, where they probably mean one that it names.

use super::Rules;
use super::fields::Fields;
use crate::diagnostic::findings::Path;
use crate::diagnostic::problem;
use crate::json::{Member, pointer};
use crate::message::field::{ENVELOPE, Field};
use crate::similar::{distance, is_word_of};

/// How many unknown members of an object are compared: nobody misspells more, and it bounds the work.
const COMPARED: usize = 32;
/// What one word of a required field's name counts as: further than any misspelling.
const ONE_WORD: usize = 3;

impl Rules<'_> {
    /// Looks for each missing field among the unknown members: in its own object under a similar
    /// name, in the other one under its own.
    pub(super) fn strays(
        &mut self,
        envelope: &Fields<'_>,
        data: Option<&Fields<'_>>,
        data_table: &[Field],
    ) {
        self.similar(envelope, ENVELOPE);
        if let Some(data) = data {
            self.similar(data, data_table);
            self.misplaced(envelope, ENVELOPE, data, data_table);
            self.misplaced(data, data_table, envelope, ENVELOPE);
        }
    }

    fn similar(&mut self, fields: &Fields<'_>, table: &[Field]) {
        let mut unknown: Vec<&Member<'_>> = fields.unknown(table).take(COMPARED).collect();
        if unknown.is_empty() {
            return;
        }
        for field in table.iter().filter(|field| fields.get(field).is_none()) {
            let nearest = unknown
                .iter()
                .enumerate()
                .filter_map(|(at, member)| Some((nearness(&member.key, field)?, at)))
                .min();
            if let Some((_, at)) = nearest {
                let member = unknown.remove(at);
                let problem = problem::field_unknown_similar(&member.key, field);
                let path = pointer(fields.path, &member.key);
                self.findings
                    .add(&problem, Path::Text(&path), Some(member.key_place.clone()));
            }
        }
    }

    /// Members of `found` that its table does not name and that are missing in the other object.
    fn misplaced(
        &mut self,
        found: &Fields<'_>,
        table: &[Field],
        home: &Fields<'_>,
        home_table: &[Field],
    ) {
        for member in found.unknown(table) {
            let field = home_table.iter().find(|field| member.id == Some(field.id));
            if let Some(field) = field.filter(|field| home.get(field).is_none()) {
                let problem = problem::field_misplaced(field, home.path.is_empty());
                let path = pointer(found.path, &member.key);
                self.findings
                    .add(&problem, Path::Text(&path), Some(member.key_place.clone()));
            }
        }
    }
}

fn nearness(found: &str, field: &Field) -> Option<usize> {
    let word = || (field.required && is_word_of(found, field.name)).then_some(ONE_WORD);
    distance(found, field.name).or_else(word)
}
