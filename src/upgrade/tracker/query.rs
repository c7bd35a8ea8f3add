//! What the tracker tells when asked.

use super::super::index::{Id, Record};
use super::super::log::LogKind;
use super::super::timeline::Entry;
use super::super::view::{AttemptView, Counts, Explained, LogView, Page, PageQuery};
use super::Tracker;
use crate::diagnostic::{Error, problem};
use crate::message::Mid;

impl Tracker {
    /// When to call [`Tracker::tick`] next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        if !self.expired.is_empty() {
            return Some(self.now);
        }
        self.index.first_deadline().map(|(at, _)| at)
    }

    /// An attempt as it stands.
    #[must_use]
    pub fn attempt(&self, id: &str) -> Option<AttemptView> {
        let record = self.index.get(Id::of(&Mid::parse(id)?))?;
        Some(AttemptView::of(record, self.index.deadlines()))
    }

    /// An attempt's timeline in words.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn explain(&self, id: &str) -> Result<Vec<Explained>, Error> {
        let record = self.index.get(self.find(id)?);
        let explained = |entry: &Entry| Explained {
            at: entry.at,
            text: super::super::explain::explain(entry),
        };
        Ok(record
            .iter()
            .flat_map(|record| &record.timeline)
            .map(explained)
            .collect())
    }

    /// How many attempts there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(self.index.tally(), self.index.len())
    }

    /// Deliveries that advanced nothing, oldest first.
    #[must_use]
    pub fn log(&self, kind: LogKind) -> LogView {
        let [unsolicited, suspect, invalid] = &self.logs;
        LogView::of(match kind {
            LogKind::Unsolicited => unsolicited,
            LogKind::Suspect => suspect,
            LogKind::Invalid => invalid,
        })
    }

    /// Some attempts, newest first.
    ///
    /// # Errors
    /// `page-unknown` when `after` is not the `next` of a page.
    pub fn page(&self, query: &PageQuery) -> Result<Page, Error> {
        let before = match &query.after {
            None => u64::MAX,
            Some(after) => after
                .parse()
                .map_err(|_| Error::one(problem::page_unknown(after), "/after"))?,
        };
        let wanted = |record: &&Record| {
            query
                .state
                .is_none_or(|state| record.attempt.state == state)
                && query
                    .device
                    .as_deref()
                    .is_none_or(|device| record.topic.device().starts_with(device))
        };
        let mut records = self.index.newest_before(before).filter(wanted).peekable();
        let mut attempts = Vec::new();
        let mut last = None;
        while attempts.len() < query.limit
            && let Some(record) = records.next()
        {
            attempts.push(AttemptView::of(record, self.index.deadlines()));
            last = Some(record.order);
        }
        // A page without room leaves off where it began.
        let next = records.peek().map(|_| last.unwrap_or(before).to_string());
        Ok(Page { attempts, next })
    }
}
