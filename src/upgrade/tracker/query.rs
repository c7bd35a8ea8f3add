//! What the tracker tells when asked.

use super::super::explain::explain_in_full;
use super::super::index::Wanted;
use super::super::log::LogKind;
use super::super::record::Slot;
use super::super::timeline::Entry;
use super::super::view::{AttemptRow, AttemptView, Counts, Explained, LogView, Page, PageQuery};
use super::Tracker;
use crate::diagnostic::{Error, problem};

impl Tracker {
    /// When to call [`Tracker::tick`] next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        if self.index.has_untold() {
            return Some(self.now);
        }
        self.index.next_deadline()
    }

    /// An attempt as it stands.
    #[must_use]
    pub fn attempt(&self, id: &str) -> Option<AttemptView> {
        let record = self.index.get(self.find(id).ok()?)?;
        AttemptView::of(&self.index, record)
    }

    /// An attempt's timeline in words: what happened, why it counts or not, in which message, how the
    /// attempt stood before and after, and the alerts.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn explain(&self, id: &str) -> Result<Vec<Explained>, Error> {
        let slot = self.find(id)?;
        let record = self.index.get(slot).into_iter();
        let explained = |entry: Entry| Explained {
            at: entry.at,
            text: explain_in_full(&entry),
        };
        Ok(record
            .flat_map(|record| self.index.timeline(record))
            .map(explained)
            .collect())
    }

    /// How many attempts there are. Costs the same however many.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(self.index.tally())
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
    /// A page costs what is on it, whether of all attempts, of a state or of devices. Only with both
    /// `state` and `device` may it have to pass by many: those of the devices that are in other states.
    ///
    /// # Errors
    /// `page-unknown` when `after` is not the `next` of a page.
    pub fn page(&self, query: &PageQuery) -> Result<Page, Error> {
        let (slots, next) = self.page_of(query)?;
        let records = slots.iter().filter_map(|slot| self.index.get(*slot));
        let row = |record| AttemptRow::of(&self.index, record);
        Ok(Page {
            attempts: records.map(row).collect(),
            next,
        })
    }

    /// The attempts on a page, and where the next one begins.
    pub(crate) fn page_of(&self, query: &PageQuery) -> Result<(Vec<Slot>, Option<String>), Error> {
        let before = match &query.after {
            None => u64::MAX,
            Some(after) => after
                .parse()
                .map_err(|_| Error::one(problem::page_unknown(after), "/after"))?,
        };
        let wanted = Wanted {
            before,
            state: query.state,
            device: query.device.as_deref(),
        };
        let mut slots = self.index.page(&wanted, query.limit.saturating_add(1));
        let more = slots.len() > query.limit;
        slots.truncate(query.limit);
        // A page without room leaves off where it began.
        let last = slots.last().and_then(|slot| self.index.get(*slot));
        let last = last.map_or(before, |record| record.order);
        Ok((slots, more.then(|| last.to_string())))
    }
}
