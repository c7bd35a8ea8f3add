//! What each address has sent lately, so that the same result is not taken twice (§7).

use std::collections::{BTreeMap, VecDeque};

use md5::{Digest, Md5};

use super::index::Links;

/// Results remembered for each address.
pub(crate) const RESULTS: usize = 16;

/// Addresses without attempts whose results are remembered; beyond that, the one that has been
/// silent longest is forgotten. Addresses with attempts are always remembered.
pub(crate) const IDLE_ADDRESSES: usize = 16_384;

/// Fingerprint of a result: MD5 of topic, NUL and payload. A topic holds no NUL, so nothing else
/// has the same input. By chance, two of an address's 16 collide with a probability below 2^-120.
/// Somebody who makes two payloads collide on purpose must be able to publish as the device, and
/// gains no more than by not publishing the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(pub(super) u128);

impl Fingerprint {
    pub(crate) fn of(topic: &str, payload: &[u8]) -> Fingerprint {
        let mut md5 = Md5::new();
        md5.update(topic.as_bytes());
        md5.update([0]);
        md5.update(payload);
        Fingerprint(u128::from_be_bytes(md5.finalize().into()))
    }
}

/// An address in constant space: its MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AddressKey(pub(super) u128);

impl AddressKey {
    pub(crate) fn of(address: &str) -> AddressKey {
        AddressKey(u128::from_be_bytes(Md5::digest(address.as_bytes()).into()))
    }
}

/// A remembered result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub fingerprint: Fingerprint,
    /// The number it got when it was first seen.
    pub result_id: u64,
    /// Whether it has been used up. A delivery that was held back has not.
    pub used: bool,
}

/// The last results of one address, the latest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recent {
    pub seen: VecDeque<Seen>,
    /// Number of the latest delivery.
    pub heard: u64,
    /// Whether there are attempts at the address.
    pub kept: bool,
}

/// All addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    addresses: BTreeMap<u128, Box<Recent>>,
    /// Those without attempts: the number of their latest delivery, and their key.
    idle: Links,
}

impl Memory {
    /// Notes a delivery that has the running number `number`. Gives what is known of the result,
    /// which has just become the address's latest.
    pub(crate) fn hear(&mut self, address: &str, fingerprint: Fingerprint, number: u64) -> Seen {
        let AddressKey(key) = AddressKey::of(address);
        let recent = self.addresses.entry(key).or_default();
        if !recent.kept {
            self.idle.remove(&(recent.heard, key));
            self.idle.insert((number, key));
        }
        recent.heard = number;
        let known = recent
            .seen
            .iter()
            .position(|seen| seen.fingerprint == fingerprint);
        let seen = known.and_then(|at| recent.seen.remove(at));
        let seen = seen.unwrap_or(Seen {
            fingerprint,
            result_id: number,
            used: false,
        });
        recent.seen.push_back(seen);
        if recent.seen.len() > RESULTS {
            recent.seen.pop_front();
        }
        self.forget_idle();
        seen
    }

    /// The result needs no second look.
    pub(crate) fn use_up(&mut self, address: &str, result_id: u64) {
        let key = AddressKey::of(address).0;
        let recent = self.addresses.get_mut(&key).into_iter();
        for seen in recent
            .flat_map(|recent| &mut recent.seen)
            .filter(|seen| seen.result_id == result_id)
        {
            seen.used = true;
        }
    }

    /// There is an attempt at the address.
    pub(crate) fn keep(&mut self, address: &str) {
        let AddressKey(key) = AddressKey::of(address);
        let recent = self.addresses.entry(key).or_default();
        if !recent.kept {
            self.idle.remove(&(recent.heard, key));
            recent.kept = true;
        }
    }

    /// There is no attempt at the address any more.
    pub(crate) fn release(&mut self, address: &str) {
        let AddressKey(key) = AddressKey::of(address);
        let Some(recent) = self.addresses.get_mut(&key) else {
            return;
        };
        recent.kept = false;
        if recent.seen.is_empty() {
            self.addresses.remove(&key);
        } else {
            self.idle.insert((recent.heard, key));
            self.forget_idle();
        }
    }

    fn forget_idle(&mut self) {
        if self.idle.len() > IDLE_ADDRESSES
            && let Some((_, key)) = self.idle.pop_first()
        {
            self.addresses.remove(&key);
        }
    }

    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = (AddressKey, &Recent)> {
        self.addresses
            .iter()
            .map(|(key, recent)| (AddressKey(*key), recent.as_ref()))
    }

    /// Puts back what [`Memory::all`] gave.
    pub(crate) fn put_back(&mut self, AddressKey(key): AddressKey, recent: Recent) {
        if !recent.kept {
            self.idle.insert((recent.heard, key));
        }
        self.addresses.insert(key, Box::new(recent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(n: u128) -> Fingerprint {
        Fingerprint(n)
    }

    /// Whether the result is known, without changing what is.
    fn knows(memory: &Memory, address: &str, n: u128) -> bool {
        let recent = memory.addresses.get(&AddressKey::of(address).0);
        recent.is_some_and(|recent| recent.seen.iter().any(|seen| seen.fingerprint == print(n)))
    }

    #[test]
    fn topic_and_payload_are_told_apart() {
        assert_ne!(Fingerprint::of("a", b"bc"), Fingerprint::of("ab", b"c"));
        assert_ne!(Fingerprint::of("a", b""), Fingerprint::of("b", b""));
        assert_eq!(Fingerprint::of("a", b"b"), Fingerprint::of("a", b"b"));
    }

    #[test]
    fn the_last_16_of_each_address() {
        let mut memory = Memory::default();
        for n in 0..16 {
            memory.hear("a", print(n), n as u64);
        }
        assert!(knows(&memory, "a", 0));
        // Heard again, it is the latest, with its first number.
        assert_eq!(memory.hear("a", print(0), 16).result_id, 0);
        memory.hear("a", print(16), 17);
        assert!(knows(&memory, "a", 0));
        assert!(!knows(&memory, "a", 1));
        assert!(!knows(&memory, "b", 0));
    }

    #[test]
    fn what_is_used_up_stays_so() {
        let mut memory = Memory::default();
        assert!(!memory.hear("a", print(1), 1).used);
        assert!(!memory.hear("a", print(1), 2).used);
        memory.use_up("a", 1);
        assert!(memory.hear("a", print(1), 3).used);
        assert!(!memory.hear("b", print(1), 4).used);
    }

    #[test]
    fn addresses_without_attempts_are_forgotten_the_longest_silent_first() {
        let mut memory = Memory::default();
        memory.keep("kept");
        memory.hear("kept", print(0), 0);
        memory.hear("first", print(1), 1);
        memory.hear("second", print(1), 2);
        memory.hear("first", print(2), 3);
        for n in 4..(IDLE_ADDRESSES as u64 + 3) {
            memory.hear(&format!("gw-{n}"), print(1), n);
        }
        assert_eq!(memory.idle.len(), IDLE_ADDRESSES);
        assert!(!knows(&memory, "second", 1));
        assert!(knows(&memory, "first", 1));
        assert!(knows(&memory, "kept", 0));
        // Without its attempts it is the longest silent one.
        memory.release("kept");
        assert!(!knows(&memory, "kept", 0));
        memory.keep("never heard");
        memory.release("never heard");
        assert_eq!(memory.addresses.len(), IDLE_ADDRESSES);
    }
}
