//! Gathers findings while a message is read, bounded, and puts them in order.

use std::ops::Range;

use super::line::Line;
use super::problem::{self, Problem};
use super::{Code, Diagnostic, Error, Severity};
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
    code: Code,
    severity: Severity,
    path: String,
    /// In bytes.
    place: Option<Range<usize>>,
    finding: Line,
    hint: Option<Line>,
}

impl Found {
    fn of(
        severity: Severity,
        problem: Problem,
        path: String,
        place: Option<Range<usize>>,
    ) -> Found {
        let Problem {
            code,
            finding,
            hint,
        } = problem;
        Found {
            code,
            severity,
            path,
            place,
            finding,
            hint,
        }
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
            self.push(Found {
                code: diagnostic.code,
                severity: diagnostic.severity,
                path: String::new(),
                place: None,
                finding: diagnostic.finding,
                hint: diagnostic.hint,
            });
        }
    }

    fn add_as(
        &mut self,
        severity: Severity,
        problem: Problem,
        path: String,
        place: Option<Range<usize>>,
    ) {
        self.push(Found::of(severity, problem, path, place));
    }

    fn push(&mut self, found: Found) {
        self.errors += usize::from(found.severity == Severity::Error);
        let at = self
            .list
            .partition_point(|earlier| earlier.start() <= found.start());
        self.list.insert(at, found);
    }

    /// Adds a finding of which a payload can hold any number; they come in the order of their
    /// places. Those that cannot be shown are not even made.
    pub(crate) fn add_bounded(
        &mut self,
        severity: Severity,
        make: impl FnOnce() -> (Problem, String),
        place: Range<usize>,
    ) {
        if self.list.len() < MAX {
            let (problem, path) = make();
            self.add_as(severity, problem, path, Some(place));
        } else {
            self.errors += usize::from(severity == Severity::Error);
            self.leave_out(severity);
        }
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
            let is_error = |found: &Found| found.severity == Severity::Error;
            let errors = self.list.iter().filter(|found| is_error(found)).count();
            let mut room_for_errors = MAX - 1;
            let mut room_for_others = room_for_errors.saturating_sub(errors);
            for found in std::mem::take(&mut self.list) {
                let room = if is_error(&found) {
                    &mut room_for_errors
                } else {
                    &mut room_for_others
                };
                if *room > 0 {
                    *room -= 1;
                    self.list.push(found);
                } else {
                    self.leave_out(found.severity);
                }
            }
        }
        if let Some(severity) = self.worst_left_out {
            let problem = problem::too_many_diagnostics(self.left_out);
            let found = Found::of(severity, problem, String::new(), None);
            self.list.push(found);
        }
        let places = self
            .list
            .iter()
            .filter_map(|found| found.place.clone())
            .collect::<Vec<_>>();
        let mut spans = source.spans(&places).into_iter();
        let diagnostic = |found: Found| Diagnostic {
            span: found.place.and_then(|_| spans.next()),
            code: found.code,
            severity: found.severity,
            path: found.path,
            finding: found.finding,
            hint: found.hint,
        };
        self.list.into_iter().map(diagnostic).collect()
    }
}
