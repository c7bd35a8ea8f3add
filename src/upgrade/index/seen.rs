//! What each address has sent lately, so that the same result is not taken twice (§7).

use super::super::store::{NONE, print};
use super::Index;
use super::addresses::Place;

/// Results remembered for each address.
pub(crate) const RESULTS: usize = 16;

/// Fingerprint of a result: 128 bits of address and payload. By chance, two of an address's 16 collide
/// with a probability below 2^-120. Somebody who makes two payloads collide on purpose must be able to
/// publish as the device, and gains no more than by not publishing the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub [u32; 4]);

impl Fingerprint {
    /// `size` is the payload's, which may be cut.
    pub(crate) fn of(place: &Place<'_>, payload: &[u8], size: usize) -> Fingerprint {
        let mut seed = place.print;
        seed.0[0] ^= size as u64;
        Fingerprint(print(seed, payload).parts())
    }
}

/// A remembered result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub fingerprint: Fingerprint,
    /// The number it got when it was first seen, and in the lowest bits [`PLAIN`] and [`USED`].
    number: [u32; 2],
    /// The one that came before it.
    pub(super) next: u32,
}

/// It has been used up: a delivery that was held back has not.
const USED: u32 = 1;
/// It has been read, and there was nothing to say about it; not saved.
const PLAIN: u32 = 2;

impl Default for Seen {
    fn default() -> Seen {
        Seen::new(Fingerprint::default(), 0, false)
    }
}

impl Seen {
    pub(crate) fn new(fingerprint: Fingerprint, result_id: u64, used: bool) -> Seen {
        let number = result_id << 2 | u64::from(used);
        Seen {
            fingerprint,
            number: [number as u32, (number >> 32) as u32],
            next: NONE,
        }
    }

    pub(crate) fn result_id(&self) -> u64 {
        let [low, high] = self.number;
        (u64::from(high) << 32 | u64::from(low)) >> 2
    }

    pub(crate) fn used(&self) -> bool {
        self.is(USED)
    }

    fn is(&self, flags: u32) -> bool {
        let [low, _] = self.number;
        low & flags == flags
    }

    fn set(&mut self, flags: u32) {
        let [low, _] = &mut self.number;
        *low |= flags;
    }
}

/// What tells mostly that a result is not among those remembered: these lie anywhere in memory, and most results are
/// new. How many are remembered, in the lowest bits, and above them a mark for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lately(u32);

impl Lately {
    /// Bits of the number.
    const NUMBER: u32 = (RESULTS as u32 + 1).next_power_of_two().ilog2();

    fn mark(Fingerprint([first, ..]): Fingerprint) -> u32 {
        1 << (Lately::NUMBER + first % (u32::BITS - Lately::NUMBER))
    }

    fn number(self) -> u32 {
        self.0 & ((1 << Lately::NUMBER) - 1)
    }

    /// Whether the list has to be looked at for this result: it may be there, or the oldest has to go.
    fn concerns(self, fingerprint: Fingerprint) -> bool {
        self.0 & Lately::mark(fingerprint) != 0 || self.number() == RESULTS as u32
    }

    /// One that takes no other's place. Marks of those that have gone stay: beyond that number, none is asked.
    fn add(&mut self, fingerprint: Fingerprint) {
        self.0 = (self.0 + 1) | Lately::mark(fingerprint);
    }
}

impl Index {
    /// Whether a result has been used up, and reading it would find nothing to say about it.
    pub(crate) fn is_settled(&self, address: u32, fingerprint: Fingerprint) -> bool {
        let known = self.addresses.get(address);
        if known.is_none_or(|known| !known.lately.concerns(fingerprint)) {
            return false;
        }
        let mut seen = self.seen(address);
        let same = seen.find(|seen| seen.fingerprint == fingerprint);
        same.is_some_and(|seen| seen.is(PLAIN | USED))
    }

    /// Notes a delivery that has the running number `number`. Gives the address and what is known of
    /// the result, which has just become the address's latest. `plain`: there is nothing to say about it.
    pub(crate) fn hear(
        &mut self,
        place: &Place<'_>,
        address: Option<u32>,
        fingerprint: Fingerprint,
        number: u64,
        plain: bool,
    ) -> (u32, Seen) {
        let address = address.unwrap_or_else(|| self.new_address(place));
        self.touch_address(address);
        if !self.is_known(address) {
            self.rest_again(address);
        }
        let known = self.addresses.get(address);
        let (latest, concerned) = known.map_or((NONE, false), |known| {
            (known.latest, known.lately.concerns(fingerprint))
        });
        let first = if concerned { latest } else { NONE };
        let (mut before, mut at, mut length) = (NONE, first, 0);
        // Up to the result itself, or to the one that has to go.
        while let Some(seen) = self.addresses.seen.get(at) {
            length += 1;
            if seen.fingerprint == fingerprint || length == RESULTS {
                break;
            }
            (before, at) = (at, seen.next);
        }
        let found = self.addresses.seen.get(at).copied();
        if let Some(found) = found {
            // The list closes behind it.
            if let Some(before) = self.addresses.seen.get_mut(before) {
                before.next = found.next;
            }
            self.addresses.seen.take(at);
        }
        let after = if found.is_some() && before == NONE {
            found.map_or(NONE, |found| found.next)
        } else {
            latest
        };
        let mut seen = found
            .filter(|seen| seen.fingerprint == fingerprint)
            .unwrap_or(Seen::new(fingerprint, number, false));
        if plain {
            seen.set(PLAIN);
        }
        seen.next = after;
        let newest = self.addresses.seen.put(seen);
        if let Some(address) = self.addresses.all.get_mut(address) {
            address.latest = newest;
            if found.is_none() {
                address.lately.add(fingerprint);
            }
        }
        self.forget_silent();
        (address, seen)
    }

    /// The result needs no second look.
    pub(crate) fn use_up(&mut self, address: u32, result_id: u64) {
        self.touch_address(address);
        let mut at = self.latest_seen(address);
        while let Some(seen) = self.addresses.seen.get_mut(at) {
            if seen.result_id() == result_id {
                seen.set(USED);
                return;
            }
            at = seen.next;
        }
    }

    fn latest_seen(&self, address: u32) -> u32 {
        let known = self.addresses.get(address);
        known.map_or(NONE, |known| known.latest)
    }

    /// What is remembered of an address, the latest first.
    pub(crate) fn seen(&self, address: u32) -> impl Iterator<Item = &Seen> {
        let mut at = self.latest_seen(address);
        std::iter::from_fn(move || {
            let seen = self.addresses.seen.get(at)?;
            at = seen.next;
            Some(seen)
        })
    }

    /// Puts back what [`Index::seen`] gave, in that order.
    #[inline(never)]
    pub(crate) fn put_back_seen(&mut self, address: u32, seen: &[Seen]) {
        for seen in seen.iter().rev() {
            let next = self.latest_seen(address);
            let newest = self.addresses.seen.put(Seen { next, ..*seen });
            if let Some(address) = self.addresses.all.get_mut(address) {
                address.latest = newest;
                address.lately.add(seen.fingerprint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::addresses::IDLE_ADDRESSES;
    use super::*;

    fn fingerprint(n: u32) -> Fingerprint {
        Fingerprint([n; 4])
    }

    fn hear(index: &mut Index, address: &str, n: u32, number: u64) -> (u64, bool) {
        let place = Place::of(address);
        let known = index.address(&place);
        let (_, seen) = index.hear(&place, known, fingerprint(n), number, false);
        (seen.result_id(), seen.used())
    }

    /// Whether the result is known, without changing what is.
    fn knows(index: &Index, address: &str, n: u32) -> bool {
        let address = index.address(&Place::of(address));
        address.is_some_and(|address| {
            index
                .seen(address)
                .any(|seen| seen.fingerprint == fingerprint(n))
        })
    }

    #[test]
    fn address_and_payload_are_told_apart() {
        let sized = |address: &str, payload: &[u8], size: usize| {
            Fingerprint::of(&Place::of(address), payload, size)
        };
        let of = |address: &str, payload: &[u8]| sized(address, payload, payload.len());
        assert_ne!(of("a", b"bc"), of("ab", b"c"));
        assert_ne!(of("a", b""), of("b", b""));
        assert_eq!(of("a", b"b"), of("a", b"b"));
        assert_ne!(sized("a", b"b", 2), of("a", b"b"));
    }

    #[test]
    fn the_last_16_of_each_address() {
        let mut index = Index::default();
        for n in 0..16 {
            hear(&mut index, "x/a", n, n.into());
        }
        assert!(knows(&index, "x/a", 0));
        // Heard again, it is the latest, with its first number.
        assert_eq!(hear(&mut index, "x/a", 0, 16), (0, false));
        hear(&mut index, "x/a", 16, 17);
        assert!(knows(&index, "x/a", 0));
        assert!(!knows(&index, "x/a", 1));
        assert!(!knows(&index, "x/b", 0));
        assert_eq!(index.addresses.seen.numbers(), 16);
    }

    #[test]
    fn what_is_used_up_stays_so() {
        let mut index = Index::default();
        assert_eq!(hear(&mut index, "x/a", 1, 1), (1, false));
        assert_eq!(hear(&mut index, "x/a", 1, 2), (1, false));
        let address = index.address(&Place::of("x/a")).unwrap();
        index.use_up(address, 1);
        assert_eq!(hear(&mut index, "x/a", 1, 3), (1, true));
        assert_eq!(hear(&mut index, "x/b", 1, 4), (4, false));
    }

    #[test]
    fn addresses_without_attempts_are_forgotten_the_longest_silent_first() {
        let mut index = Index::default();
        let namespace = index.texts.keep(b"x");
        index.keep_place(namespace, "kept");
        hear(&mut index, "x/kept", 0, 0);
        hear(&mut index, "x/first", 1, 1);
        hear(&mut index, "x/second", 1, 2);
        hear(&mut index, "x/first", 2, 3);
        for n in 4..(IDLE_ADDRESSES as u64 + 3) {
            hear(&mut index, &format!("x/gw-{n}"), 1, n);
        }
        assert!(!knows(&index, "x/second", 1));
        assert!(knows(&index, "x/first", 1));
        assert!(knows(&index, "x/kept", 0));
        assert_eq!(index.idle().count(), IDLE_ADDRESSES);
    }
}
