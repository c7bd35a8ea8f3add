//! Members that the protocol does not name, where they probably mean one that it names.

use super::Rules;
use super::fields::Fields;
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
        let mut taken: Vec<&str> = Vec::new();
        for field in table
            .iter()
            .filter(|field| fields.get(field.name).is_none())
        {
            let nearest = unknown(fields, table)
                .take(COMPARED)
                .filter(|member| !taken.contains(&&*member.key))
                .filter_map(|member| Some((nearness(&member.key, field)?, member)))
                .min_by_key(|(distance, _)| *distance);
            if let Some((_, member)) = nearest {
                taken.push(&member.key);
                let problem = problem::field_unknown_similar(&member.key, field);
                let path = pointer(fields.path, &member.key);
                self.findings
                    .add(problem, path, Some(member.key_place.clone()));
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
        for field in home_table
            .iter()
            .filter(|field| home.get(field.name).is_none())
        {
            let member = unknown(found, table).find(|member| member.key == field.name);
            if let Some(member) = member {
                let problem = problem::field_misplaced(field, home.path.is_empty());
                let path = pointer(found.path, &member.key);
                self.findings
                    .add(problem, path, Some(member.key_place.clone()));
            }
        }
    }
}

fn unknown<'n>(fields: &Fields<'n>, table: &[Field]) -> impl Iterator<Item = &'n Member<'n>> {
    let known = move |name: &str| table.iter().any(|field| field.name == name);
    fields
        .members
        .iter()
        .filter(move |member| !known(&member.key))
}

fn nearness(found: &str, field: &Field) -> Option<usize> {
    let word = || (field.required && is_word_of(found, field.name)).then_some(ONE_WORD);
    distance(found, field.name).or_else(word)
}
