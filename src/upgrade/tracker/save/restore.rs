//! A saved state on its way back.

use super::super::super::bytes::{Saved, restore_bytes};
use super::super::super::index::{RESULTS, Seen};
use super::super::super::log::{LogKind, Logged, MAX_ENTRIES};
use super::super::super::record::{Rare, Slot};
use super::super::super::state::Deadlines;
use super::super::super::store::{Sym, sort};
use super::super::Tracker;
use super::chunks::{Chunks, damaged};
use super::units::{SavedAttempt, Saves, restore_attempt, restore_event, restore_print};
use super::{COUNTABLE, tag};
use crate::diagnostic::Error;
use crate::topic::{Channel, Namespace, Topic, is_device};

/// Takes chunks one after the other; what is damaged never gets further than its chunk.
#[derive(Debug)]
pub(crate) struct Restoring {
    tracker: Tracker,
    chunks: Chunks,
    /// A unit that goes on in the next chunk.
    pending: Vec<u8>,
    texts: Vec<Sym>,
    addresses: Vec<u32>,
    /// The last one found to be valid.
    namespace: Option<Sym>,
    /// Orders and numbers of the attempts.
    slots: Vec<(u64, Slot)>,
    /// Addresses without attempts, by their place among these.
    idle: Vec<(u64, u32)>,
    /// Orders of those of whose expiry nobody has been told.
    untold: Vec<u64>,
    ended: bool,
}

impl Restoring {
    pub(crate) fn new(deadlines: Deadlines) -> Restoring {
        Restoring {
            tracker: Tracker::new(deadlines),
            chunks: Chunks::default(),
            pending: Vec::new(),
            texts: Vec::new(),
            addresses: Vec::new(),
            namespace: None,
            slots: Vec::new(),
            idle: Vec::new(),
            untold: Vec::new(),
            ended: false,
        }
    }

    /// Takes the next chunk. A function of its own: JavaScript engines improve what is called often.
    #[inline(never)]
    pub(crate) fn take(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let payload = self.chunks.read(chunk)?;
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(payload);
        let mut rest = pending.as_slice();
        while let Some(unit) = next_unit(&mut rest) {
            self.unit(unit).ok_or_else(damaged)?;
        }
        self.pending = rest.to_vec();
        Ok(())
    }

    /// The tracker, if the chunks were all.
    pub(crate) fn finish(mut self, now: u64) -> Result<Tracker, Error> {
        let whole = self.ended && self.pending.is_empty() && self.chunks.are_whole();
        if !whole {
            return Err(damaged());
        }
        self.join().ok_or_else(damaged)?;
        self.tracker.advance(now);
        Ok(self.tracker)
    }

    /// `None` if it is not as a save writes it.
    fn unit(&mut self, unit: &[u8]) -> Option<()> {
        let (tag, mut from) = unit.split_first()?;
        let from = &mut from;
        if self.ended {
            return None;
        }
        match *tag {
            tag::TRACKER => {
                let tracker = &mut self.tracker;
                tracker.now = Saved::restore(from)?;
                tracker.number = Saved::restore(from)?;
                tracker.opened = Saved::restore(from)?;
                self.untold = Saved::restore(from)?;
                let numbers = [Saved::restore(from)?, Saved::restore(from)?];
                tracker.index.reserve(numbers);
                if tracker.number > COUNTABLE || tracker.opened > COUNTABLE {
                    return None;
                }
            }
            tag::LOG => {
                let log = self.tracker.log_mut(LogKind::restore(from)?);
                log.dropped = Saved::restore(from)?;
            }
            tag::LOGGED => {
                let log = self.tracker.log_mut(LogKind::restore(from)?);
                log.entries.push_back(Logged::restore(from)?);
                if log.entries.len() > MAX_ENTRIES {
                    return None;
                }
            }
            tag::TEXT => {
                let text = self.tracker.index.texts.keep(from);
                self.texts.push(text);
                *from = &[];
            }
            tag::ADDRESS => self.address(from)?,
            tag::IDLE => self.idle(from)?,
            tag::ATTEMPT => self.attempt(from)?,
            tag::END => self.ended = true,
            _ => return None,
        }
        from.is_empty().then_some(())
    }

    /// A text by its number, 0 for none.
    fn text(&self, number: u64) -> Option<Sym> {
        match usize::try_from(number).ok()?.checked_sub(1) {
            None => Some(Sym::NONE),
            Some(place) => self.texts.get(place).copied(),
        }
    }

    /// For one more use.
    fn keep(&mut self, number: u64) -> Option<Sym> {
        let text = self.text(number)?;
        self.tracker.index.texts.again(text);
        Some(text)
    }

    fn address(&mut self, from: &mut &[u8]) -> Option<()> {
        let namespace = self.text(u64::restore(from)?)?;
        let device = std::str::from_utf8(restore_bytes(from)?).ok()?;
        let seen: Vec<Seen> = Saved::restore(from)?;
        let index = &mut self.tracker.index;
        let levels = std::str::from_utf8(index.texts.bytes(namespace)).ok()?;
        if self.namespace != Some(namespace) {
            // All that is wrong with a topic, once for each of the few namespaces.
            Topic::new(Namespace::of(levels), device, Channel::Command).ok()?;
            self.namespace = Some(namespace);
        } else if !is_device(levels, device) {
            return None;
        }
        let address = index.keep_place(namespace, device);
        if seen.len() > RESULTS {
            return None;
        }
        index.put_back_seen(address, &seen);
        self.addresses.push(address);
        Some(())
    }

    fn idle(&mut self, from: &mut &[u8]) -> Option<()> {
        let rank = u64::restore(from)?;
        let print = restore_print(from)?;
        let seen: Vec<Seen> = Saved::restore(from)?;
        if seen.len() > RESULTS {
            return None;
        }
        let index = &mut self.tracker.index;
        let address = index.put_back_idle(print);
        index.put_back_seen(address, &seen);
        self.addresses.push(address);
        self.idle.push((rank, address));
        Some(())
    }

    fn attempt(&mut self, from: &mut &[u8]) -> Option<()> {
        let SavedAttempt {
            mut record,
            address,
            texts: [job, sub_device, running],
            rare,
            events,
        } = restore_attempt(from)?;
        let place = usize::try_from(address).ok()?.checked_sub(1)?;
        record.address = *self.addresses.get(place)?;
        record.job = self.keep(job)?;
        record.sub_device = self.keep(sub_device)?;
        record.running = self.keep(running)?;
        if let Some([mid, trace, reply, extra]) = rare {
            record.rare = Some(Box::new(Rare {
                mid: self.keep(mid)?,
                trace: self.keep(trace)?,
                reply: self.keep(reply)?,
                extra: self.keep(extra)?,
            }));
        }
        let (id, order) = (record.id(), record.order);
        let index = &self.tracker.index;
        let sound = index.is_known(record.address)
            && index.find(id).is_none()
            && order < self.tracker.opened;
        if !sound {
            return None;
        }
        let slot = self.tracker.index.add(record);
        self.slots.push((order, slot));
        let mut before = 0;
        for _ in 0..events {
            let (event, fact) = restore_event(from, before)?;
            before = event.at();
            let fact = match fact {
                None => None,
                Some(Saves {
                    mut fact,
                    texts: [reported, text],
                }) => {
                    fact.reported = self.keep(reported)?;
                    fact.text = self.keep(text)?;
                    Some(fact)
                }
            };
            self.tracker.index.put_back(slot, event, fact);
        }
        Some(())
    }

    /// Puts the attempts in order, in the list and among the deadlines.
    fn join(&mut self) -> Option<()> {
        sort(&mut self.slots);
        let twice = |pair: &[(u64, Slot)]| matches!(pair, [(a, _), (b, _)] if a == b);
        if self.slots.windows(2).any(twice) {
            return None;
        }
        let index = &mut self.tracker.index;
        let slots: Vec<Slot> = self.slots.iter().map(|(_, slot)| *slot).collect();
        index.list_all(&slots);
        index.link_deadlines(&slots);
        for order in &self.untold {
            let place = self.slots.binary_search_by_key(order, |(order, _)| *order);
            let (_, slot) = self.slots.get(place.ok()?)?;
            index.expire(*slot);
        }
        sort(&mut self.idle);
        for (_, address) in self.idle.drain(..) {
            index.rest_again(address);
        }
        for text in self.texts.drain(..) {
            index.texts.release(text);
        }
        Some(())
    }
}

/// Takes a unit off the front, if it is all there.
fn next_unit<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut rest = *from;
    let unit = restore_bytes(&mut rest)?;
    *from = rest;
    Some(unit)
}
