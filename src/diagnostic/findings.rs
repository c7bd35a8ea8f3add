//! Gathers findings while a message is read, bounded, and puts them in order.

use std::ops::Range;

use super::problem::{self, Problem};
#[cfg(feature = "wasm")]
use super::row;
use super::wire::{Mark, Wire};
use super::{Code, Diagnostic, Error, Severity, Span};
use crate::json::{Source, pointer};
use crate::message::field::Name;

/// The most diagnostics that are given (§6).
const MAX: usize = 100;

/// Findings so far.
#[derive(Default)]
pub(crate) struct Findings {
    /// By place, those without one first.
    list: Vec<Found>,
    /// Their paths and what is said of each.
    wire: Wire,
    errors: usize,
    left_out: usize,
    worst_left_out: Option<Severity>,
    /// Whether nobody wants to know more than whether there are errors.
    counts_only: bool,
}

/// Where a finding is in the document.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    /// A JSON Pointer.
    Text(&'a str),
    /// A field that the protocol names.
    Field { name: Name, in_data: bool },
}

struct Found {
    code: Code,
    severity: Severity,
    has_hint: bool,
    /// Of a path that is not among the texts.
    field: Option<(Name, bool)>,
    /// In bytes.
    place: Option<Range<usize>>,
    /// Where its path is, what is said, and its end.
    start: Mark,
    said: Mark,
    end: Mark,
}

impl Findings {
    /// To be counted only: nobody wants to know what was found.
    pub(crate) fn counted() -> Findings {
        Findings {
            counts_only: true,
            ..Findings::default()
        }
    }

    /// Whether nobody wants to know more than whether there are errors.
    pub(crate) fn are_counted(&self) -> bool {
        self.counts_only
    }

    /// Whether all that anybody wants to know is known: that there are errors.
    pub(crate) fn are_decided(&self) -> bool {
        self.counts_only && self.errors > 0
    }

    /// Forgets all of them.
    #[cfg(feature = "wasm")]
    pub(crate) fn clear(&mut self) {
        let Findings {
            mut list, mut wire, ..
        } = std::mem::take(self);
        list.clear();
        wire.clear();
        *self = Findings {
            list,
            wire,
            ..Findings::default()
        };
    }

    /// Adds a finding with its code's severity.
    pub(crate) fn add(
        &mut self,
        problem: &Problem<'_>,
        path: Path<'_>,
        place: Option<Range<usize>>,
    ) {
        self.add_as(problem.code.severity(), problem, path, place);
    }

    /// Adds what was wrong with a topic.
    pub(crate) fn add_error(&mut self, error: &Error) {
        for found in &error.diagnostics {
            let start = self.wire.mark();
            self.wire.text("");
            let said = self.wire.mark();
            self.wire.append(&found.said);
            self.insert(Found {
                code: found.code,
                severity: found.severity,
                has_hint: found.has_hint,
                field: None,
                place: None,
                start,
                said,
                end: self.wire.mark(),
            });
        }
    }

    /// Adds a finding with another severity than its code's.
    pub(crate) fn add_as(
        &mut self,
        severity: Severity,
        problem: &Problem<'_>,
        path: Path<'_>,
        place: Option<Range<usize>>,
    ) {
        let found = self.written(severity, problem, path, place);
        self.insert(found);
    }

    fn written(
        &mut self,
        severity: Severity,
        problem: &Problem<'_>,
        path: Path<'_>,
        place: Option<Range<usize>>,
    ) -> Found {
        let start = self.wire.mark();
        self.wire.path(path);
        let said = self.wire.mark();
        problem.write(&mut self.wire);
        Found {
            code: problem.code,
            severity,
            has_hint: problem.hint.is_some(),
            field: match path {
                Path::Text(_) => None,
                Path::Field { name, in_data } => Some((name, in_data)),
            },
            place,
            start,
            said,
            end: self.wire.mark(),
        }
    }

    fn insert(&mut self, found: Found) {
        self.errors += usize::from(found.severity == Severity::Error);
        let start = |found: &Found| found.place.as_ref().map(|place| place.start);
        let at = self
            .list
            .partition_point(|earlier| start(earlier) <= start(&found));
        self.list.insert(at, found);
    }

    /// Of what a payload can hold any number of, found in the order of the places: `true` if there is no room for
    /// another finding, which then is counted, and need not be made.
    pub(crate) fn leaves_out(&mut self, severity: Severity) -> bool {
        let full = self.counts_only || self.list.len() >= MAX;
        if full {
            self.errors += usize::from(severity == Severity::Error);
            self.leave_out(severity);
        }
        full
    }

    /// Whether no error was found, those left out included.
    pub(crate) fn is_valid(&self) -> bool {
        self.errors == 0
    }

    fn leave_out(&mut self, severity: Severity) {
        self.left_out += 1;
        self.worst_left_out = Some(
            self.worst_left_out
                .map_or(severity, |worst| worst.min(severity)),
        );
    }

    /// Leaves out what is too much, errors last.
    #[cold]
    #[inline(never)]
    fn shorten(&mut self) {
        let is_error = |found: &Found| found.severity == Severity::Error;
        let mut list = std::mem::take(&mut self.list);
        let errors = list.iter().filter(|found| is_error(found)).count();
        let mut room_for_errors = MAX - 1;
        let mut room_for_others = room_for_errors.saturating_sub(errors);
        list.retain(|found| {
            let room = if is_error(found) {
                &mut room_for_errors
            } else {
                &mut room_for_others
            };
            let fits = *room > 0;
            if fits {
                *room -= 1;
            } else {
                self.leave_out(found.severity);
            }
            fits
        });
        self.list = list;
    }

    /// Makes them at most [`MAX`]. Errors go before others where not all can stay.
    fn close(&mut self) {
        if self.list.len() + usize::from(self.left_out > 0) > MAX {
            self.shorten();
        }
        if let Some(severity) = self.worst_left_out {
            let problem = problem::too_many_diagnostics(self.left_out);
            let found = self.written(severity, &problem, Path::Text(""), None);
            self.list.push(found);
        }
    }

    /// All findings by place, those without one first.
    pub(crate) fn finish(&mut self, source: &Source<'_>) -> Vec<Diagnostic> {
        self.close();
        self.spanned(source)
            .map(|(found, span)| Diagnostic {
                code: found.code,
                severity: found.severity,
                path: match found.field {
                    Some((name, in_data)) => {
                        pointer(if in_data { "/data" } else { "" }, name.text())
                    }
                    None => self.wire.between(found.start, found.said).texts,
                },
                span,
                said: self.wire.between(found.said, found.end),
                has_hint: found.has_hint,
            })
            .collect()
    }

    /// The same for the npm package: a row for each is appended, what they refer to is given.
    #[cfg(feature = "wasm")]
    pub(crate) fn finish_in(&mut self, source: &Source<'_>, rows: &mut Vec<u32>) -> &Wire {
        self.close();
        for (found, span) in self.spanned(source) {
            rows.extend(row(
                found.code,
                found.severity,
                found.has_hint,
                span,
                found.start,
            ));
        }
        &self.wire
    }

    fn spanned(&self, source: &Source<'_>) -> impl Iterator<Item = (&Found, Option<Span>)> {
        let places = self.list.iter().filter_map(|found| found.place.clone());
        let mut spans = source.spans(places);
        self.list.iter().map(move |found| {
            let span = found.place.as_ref().map(|place| spans.of(place));
            (found, span)
        })
    }
}
