//! Gathers findings while a message is read, bounded, and puts them in order.

use std::ops::Range;

use super::problem::{self, Problem};
use super::{Diagnostic, Error, Severity};
use crate::json::Source;

/// The most diagnostics that are given (§6).
const MAX: usize = 100;

/// Findings so far.
#[derive(Default)]
pub(crate) struct Findings {
    /// By place, those without one first.
    list: Vec<Found>,
    errors: usize,
    left_out: usize,
    worst_left_out: Option<Severity>,
}

struct Found {
    /// Without its span.
    diagnostic: Diagnostic,
    /// In bytes.
    place: Option<Range<usize>>,
}

impl Found {
    fn is_error(&self) -> bool {
        self.diagnostic.severity == Severity::Error
    }

    fn start(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.start)
    }
}

impl Findings {
    /// Adds a finding with its code's severity.
    pub(crate) fn add(&mut self, problem: Problem, path: String, place: Option<Range<usize>>) {
        self.add_as(problem.code.severity(), problem, path, place);
    }

    /// Adds what was wrong with a topic.
    pub(crate) fn add_error(&mut self, error: Error) {
        for diagnostic in error.diagnostics {
            let diagnostic = Diagnostic {
                path: String::new(),
                ..diagnostic
            };
            self.push(Found {
                diagnostic,
                place: None,
            });
        }
    }

    fn push(&mut self, found: Found) {
        self.errors += usize::from(found.is_error());
        let at = self
            .list
            .partition_point(|earlier| earlier.start() <= found.start());
        self.list.insert(at, found);
    }

    /// Of what a payload can hold any number of, found in the order of the places: `true` if there is no room for
    /// another finding, which then is counted, and need not be made.
    pub(crate) fn leaves_out(&mut self, severity: Severity) -> bool {
        let full = self.list.len() >= MAX;
        if full {
            self.errors += usize::from(severity == Severity::Error);
            self.leave_out(severity);
        }
        full
    }

    /// Adds a finding with another severity than its code's.
    pub(crate) fn add_as(
        &mut self,
        severity: Severity,
        problem: Problem,
        path: String,
        place: Option<Range<usize>>,
    ) {
        let diagnostic = Diagnostic {
            severity,
            ..problem.into_diagnostic(path)
        };
        self.push(Found { diagnostic, place });
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

    /// All findings by place, those without one first; at most [`MAX`]. Errors go before others
    /// where not all can stay.
    pub(crate) fn finish(mut self, source: &Source<'_>) -> Vec<Diagnostic> {
        if self.list.len() + usize::from(self.left_out > 0) > MAX {
            let errors = self.list.iter().filter(|found| found.is_error()).count();
            let mut room_for_errors = MAX - 1;
            let mut room_for_others = room_for_errors.saturating_sub(errors);
            for found in std::mem::take(&mut self.list) {
                let room = if found.is_error() {
                    &mut room_for_errors
                } else {
                    &mut room_for_others
                };
                if *room > 0 {
                    *room -= 1;
                    self.list.push(found);
                } else {
                    self.leave_out(found.diagnostic.severity);
                }
            }
        }
        if let Some(severity) = self.worst_left_out {
            let problem = problem::too_many_diagnostics(self.left_out);
            let diagnostic = Diagnostic {
                severity,
                ..problem.into_diagnostic(String::new())
            };
            self.list.push(Found {
                diagnostic,
                place: None,
            });
        }
        let places = self.list.iter().filter_map(|found| found.place.clone());
        let mut spans = source.spans(places);
        let placed = |Found { diagnostic, place }| Diagnostic {
            span: place.map(|place| spans.of(&place)),
            ..diagnostic
        };
        self.list.into_iter().map(placed).collect()
    }
}
