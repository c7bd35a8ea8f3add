//! The whole state as bytes, and back.

use super::super::index::Record;
use super::super::log::{Log, LogKind};
use super::super::memory::{AddressKey, Recent};
use super::super::state::Deadlines;
use super::Tracker;
use crate::diagnostic::Error;
use bytes::Saved;

mod bytes;
mod chunks;
mod state;

/// Numbers beyond this are none that a tracker has counted to.
const COUNTABLE: u64 = 1 << 53;

impl Tracker {
    /// The whole state, in chunks of less than 1 MiB, for [`Tracker::restore`].
    #[must_use]
    pub fn save(&self) -> Vec<Vec<u8>> {
        let mut state = Vec::new();
        self.now.save(&mut state);
        self.number.save(&mut state);
        self.opened.save(&mut state);
        self.expired.save(&mut state);
        (self.index.len() as u64).save(&mut state);
        for record in self.index.all() {
            record.save(&mut state);
        }
        (self.memory.all().len() as u64).save(&mut state);
        for (key, recent) in self.memory.all() {
            key.save(&mut state);
            recent.save(&mut state);
        }
        for Log { dropped, entries } in &self.logs {
            dropped.save(&mut state);
            entries.save(&mut state);
        }
        chunks::split(&state)
    }

    /// A tracker as [`Tracker::save`] left it, with deadlines that count from the same moments, at the time `now`.
    ///
    /// # Errors
    /// `saved-state-foreign` for what is no saved state, `saved-state-version` for that of a later
    /// version, `saved-state-damaged` when chunks are damaged, cut, missing, out of order or of
    /// different saves.
    pub fn restore<C: AsRef<[u8]>>(
        chunks: &[C],
        deadlines: Deadlines,
        now: u64,
    ) -> Result<Tracker, Error> {
        let state = chunks::join(chunks)?;
        let mut tracker = Tracker::new(deadlines);
        tracker.take(&state).ok_or_else(chunks::damaged)?;
        tracker.advance(now);
        Ok(tracker)
    }

    /// `None` if anything is not as [`Tracker::save`] writes it.
    fn take(&mut self, mut state: &[u8]) -> Option<()> {
        let from = &mut state;
        self.now = Saved::restore(from)?;
        self.number = Saved::restore(from)?;
        self.opened = Saved::restore(from)?;
        self.expired = Saved::restore(from)?;
        if self.number > COUNTABLE || self.opened > COUNTABLE {
            return None;
        }
        for _ in 0..u64::restore(from)? {
            let record = Record::restore(from)?;
            if self.index.get(record.id()).is_some() {
                return None;
            }
            self.index.insert(record);
        }
        for _ in 0..u64::restore(from)? {
            let key = AddressKey::restore(from)?;
            self.memory.put_back(key, Recent::restore(from)?);
        }
        for kind in LogKind::ALL {
            let (dropped, entries) = (Saved::restore(from)?, Saved::restore(from)?);
            *self.log_mut(kind) = Log { dropped, entries };
        }
        from.is_empty().then_some(())
    }
}
