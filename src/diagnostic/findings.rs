//! Gathers findings while a message is read, bounded, and puts them in order.

use std::ops::Range;

use super::problem::{self, Problem};
use super::{Diagnostic, Error, Severity, Span};
use crate::json::Source;

/// The most diagnostics that are given (§6).
const MAX: usize = 100;

/// Findings so far.
#[derive(Default)]
pub(crate) struct Findings {
    /// By place, those without one first. Of the spans there are only the bytes so far.
    list: Vec<Diagnostic>,
    errors: usize,
    left_out: usize,
    worst_left_out: Option<Severity>,
    /// Whether nobody wants to know more than whether there are errors.
    counts_only: bool,
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

    /// Adds a finding with its code's severity.
    pub(crate) fn add(&mut self, problem: Problem, path: String, place: Option<Range<usize>>) {
        self.add_as(problem.code.severity(), problem, path, place);
    }

    /// Adds what was wrong with a topic.
    pub(crate) fn add_error(&mut self, error: Error) {
        for diagnostic in error.diagnostics {
            self.push(Diagnostic {
                path: String::new(),
                ..diagnostic
            });
        }
    }

    fn push(&mut self, found: Diagnostic) {
        self.errors += usize::from(found.severity == Severity::Error);
        let start = |found: &Diagnostic| found.span.map(|span| span.start);
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

    /// Adds a finding with another severity than its code's.
    pub(crate) fn add_as(
        &mut self,
        severity: Severity,
        problem: Problem,
        path: String,
        place: Option<Range<usize>>,
    ) {
        let span = place.map(|Range { start, end }| Span {
            start,
            end,
            line: 0,
            column: 0,
        });
        self.push(Diagnostic {
            severity,
            span,
            ..problem.into_diagnostic(path)
        });
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
        let is_error = |found: &Diagnostic| found.severity == Severity::Error;
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

    /// All findings by place, those without one first; at most [`MAX`]. Errors go before others
    /// where not all can stay.
    pub(crate) fn finish(mut self, source: &Source<'_>) -> Vec<Diagnostic> {
        if self.list.len() + usize::from(self.left_out > 0) > MAX {
            self.shorten();
        }
        if let Some(severity) = self.worst_left_out {
            let problem = problem::too_many_diagnostics(self.left_out);
            self.list.push(Diagnostic {
                severity,
                ..problem.into_diagnostic(String::new())
            });
        }
        let spans = || self.list.iter().filter_map(|found| found.span);
        let mut spans = source.spans(spans().map(|span| span.start..span.end));
        for found in &mut self.list {
            found.span = found.span.map(|span| spans.of(&(span.start..span.end)));
        }
        self.list
    }
}
