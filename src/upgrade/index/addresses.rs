//! Addresses: the attempts at each, and what each has sent lately, so that the same result is not
//! taken twice (§7).

use super::super::record::{Links, Record, Slot};
use super::super::store::{NONE, Print, Slab, Sym, Table, print};
use super::Index;
use crate::topic::Topic;

/// Results remembered for each address.
pub(crate) const RESULTS: usize = 16;

/// Addresses without attempts whose results are remembered; beyond that, the one that has been
/// silent longest is forgotten. Addresses with attempts are always remembered.
pub(crate) const IDLE_ADDRESSES: usize = 16_384;

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
    next: u32,
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

#[derive(Clone, Debug)]
enum Name {
    /// With attempts: the levels before the device, and the device.
    Known { namespace: Sym, device: Device },
    /// Without: its print, which takes little room whatever the topic.
    Idle([u32; 4]),
}

/// A device's name, mostly where it is looked for.
#[derive(Clone, Debug)]
enum Device {
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

/// Bytes of a short name: with it, an address takes one cache line.
const SHORT: usize = 30;

impl Device {
    fn of(name: &str) -> Device {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..name.len()), u8::try_from(name.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(name.as_bytes());
                Device::Short(length, bytes)
            }
            _ => Device::Long(name.into()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Device::Short(length, bytes) => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Device::Long(name) => name.as_bytes(),
        }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Address {
    name: Name,
    /// Attempts, in the order of opening.
    first: Slot,
    last: Slot,
    /// The latest of the results that are remembered.
    latest: u32,
    /// Neighbours among those without attempts.
    idle: Links,
}

impl Default for Address {
    fn default() -> Address {
        Address {
            name: Name::Idle([0; 4]),
            first: NONE,
            last: NONE,
            latest: NONE,
            idle: Links::default(),
        }
    }
}

/// All addresses.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    all: Slab<Address>,
    table: Table,
    seen: Slab<Seen>,
    /// Those without attempts: the longest silent, the latest, and how many.
    silent: u32,
    latest: u32,
    idle: usize,
}

impl Default for Addresses {
    fn default() -> Addresses {
        Addresses {
            all: Slab::default(),
            table: Table::default(),
            seen: Slab::default(),
            silent: NONE,
            latest: NONE,
            idle: 0,
        }
    }
}

/// An address as text, with its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    text: &'a str,
    print: Print,
}

impl<'a> Place<'a> {
    pub(crate) fn of(text: &'a str) -> Place<'a> {
        let print = print(Print::default(), text.as_bytes());
        Place { text, print }
    }
}

impl Addresses {
    fn get(&self, address: u32) -> Option<&Address> {
        self.all.get(address)
    }

    pub(super) fn used(&self) -> usize {
        self.table.used()
    }

    pub(super) fn reserve(&mut self, addresses: usize) {
        self.table.reserve(addresses);
    }

    /// Makes two addresses without attempts neighbours.
    fn join(&mut self, before: u32, after: u32) {
        match self.all.get_mut(before) {
            Some(address) => address.idle.after = after,
            None => self.silent = after,
        }
        match self.all.get_mut(after) {
            Some(address) => address.idle.before = before,
            None => self.latest = before,
        }
    }

    fn part(&mut self, address: u32) {
        let links = self.get(address).map(|address| address.idle);
        let Links { before, after } = links.unwrap_or_default();
        self.join(before, after);
    }
}

impl Index {
    fn is_at(&self, address: &Address, place: &Place<'_>) -> bool {
        match &address.name {
            Name::Idle(print) => *print == place.print.parts(),
            Name::Known { namespace, device } => {
                let levels = place.text.as_bytes().strip_suffix(device.bytes());
                let levels = levels.and_then(|levels| levels.strip_suffix(b"/"));
                levels.is_some_and(|levels| levels == self.texts.bytes(*namespace))
            }
        }
    }

    pub(crate) fn address(&self, place: &Place<'_>) -> Option<u32> {
        let is = |address: &u32| {
            let address = self.addresses.get(*address);
            address.is_some_and(|address| self.is_at(address, place))
        };
        self.addresses.table.under(place.print.short()).find(is)
    }

    /// Looks at where addresses are found, then at the addresses, then at what was last there: one look
    /// does not wait for the other. Gives what keeps a compiler from leaving that out.
    #[cfg(feature = "wasm")]
    #[inline(never)]
    pub(crate) fn foresee<'a>(&self, places: impl Iterator<Item = Place<'a>>) -> u32 {
        let Addresses {
            all, table, seen, ..
        } = &self.addresses;
        let hashes: Vec<u32> = places.map(|place| place.print.short()).collect();
        let homes = hashes
            .iter()
            .fold(0, |sum, hash| sum ^ table.home_of(*hash));
        let numbers = hashes.iter().filter_map(|hash| table.under(*hash).next());
        let known = numbers.filter_map(|number| all.get(number));
        let last: Vec<_> = known.map(|known| (known.last, known.latest)).collect();
        last.iter().fold(homes, |sum, (last, latest)| {
            let record = self.get(*last);
            // Something of either cache line.
            let record = record.map_or(0, |record| record.timestamp as u32 ^ record.address);
            sum ^ record ^ seen.get(*latest).map_or(0, |seen| seen.next)
        })
    }

    /// Whether there are attempts at an address.
    pub(crate) fn is_known(&self, address: u32) -> bool {
        let address = self.addresses.get(address);
        address.is_some_and(|address| matches!(address.name, Name::Known { .. }))
    }

    /// The levels before the device, and the device.
    pub(crate) fn names(&self, address: u32) -> (Sym, &str) {
        match self.addresses.get(address).map(|address| &address.name) {
            Some(Name::Known { namespace, device }) => (*namespace, device.text()),
            _ => (Sym::NONE, ""),
        }
    }

    pub(crate) fn device(&self, record: &Record) -> &str {
        self.names(record.address).1
    }

    /// The latest attempt at an address.
    pub(crate) fn latest_at(&self, address: Option<u32>) -> Option<Slot> {
        let address = self.addresses.get(address?)?;
        Some(address.last)
    }

    /// The attempts at an address, in the order of opening.
    pub(crate) fn at(&self, address: Option<u32>) -> impl Iterator<Item = (Slot, &Record)> {
        let first = address.and_then(|address| self.addresses.get(address));
        let mut next = first.map_or(NONE, |address| address.first);
        std::iter::from_fn(move || {
            let slot = next;
            let record = self.get(slot)?;
            next = record.here.after;
            Some((slot, record))
        })
    }

    /// Puts an address without attempts behind all others.
    pub(crate) fn rest_again(&mut self, address: u32) {
        self.addresses.part(address);
        self.addresses.idle -= 1;
        self.rest(address);
    }

    /// The address of a topic at which there will be an attempt.
    pub(crate) fn keep_address(&mut self, topic: &Topic) -> u32 {
        let levels = topic.namespace().levels();
        let namespace = self.texts.keep(levels.as_bytes());
        let address = self.keep_place(namespace, topic.device());
        self.texts.release(namespace);
        address
    }

    /// The same, of the levels before the device and a device.
    pub(crate) fn keep_place(&mut self, namespace: Sym, device: &str) -> u32 {
        let text = [self.texts.text(namespace), device].join("/");
        let place = Place::of(&text);
        let known = self.address(&place);
        if let Some(known) = known.filter(|known| self.is_known(*known)) {
            return known;
        }
        let address = known.unwrap_or_else(|| self.new_address(&place));
        self.touch_address(address);
        let name = Name::Known {
            namespace,
            device: Device::of(device),
        };
        self.texts.again(namespace);
        self.addresses.part(address);
        self.addresses.idle -= 1;
        if let Some(address) = self.addresses.all.get_mut(address) {
            address.name = name;
        }
        address
    }

    /// An address that has not been heard of, without attempts.
    #[inline(never)]
    fn new_address(&mut self, place: &Place<'_>) -> u32 {
        let address = self.addresses.all.put(Address {
            name: Name::Idle(place.print.parts()),
            ..Address::default()
        });
        if let Some(saving) = &mut self.saving {
            saving.is_new_address(address);
        }
        self.addresses.table.add(place.print.short(), address);
        self.rest(address);
        address
    }

    /// Puts an address without attempts behind all others.
    fn rest(&mut self, address: u32) {
        let last = self.addresses.latest;
        self.addresses.join(last, address);
        self.addresses.join(address, NONE);
        self.addresses.idle += 1;
    }

    fn forget_silent(&mut self) {
        if self.addresses.idle > IDLE_ADDRESSES {
            self.drop_idle(self.addresses.silent);
        }
    }

    #[inline(never)]
    fn drop_idle(&mut self, address: u32) {
        self.touch_address(address);
        self.addresses.part(address);
        self.addresses.idle -= 1;
        let Address { name, latest, .. } = self.addresses.all.take(address);
        if let Name::Idle([low, ..]) = name {
            self.addresses.table.remove(low, address);
        }
        let mut next = latest;
        while next != NONE {
            next = self.addresses.seen.take(next).next;
        }
    }

    /// Puts an attempt into its address's list.
    pub(super) fn join_address(&mut self, address: u32, slot: Slot) {
        let order = self.get(slot).map_or(0, |record| record.order);
        let last = self
            .addresses
            .get(address)
            .map_or(NONE, |address| address.last);
        let (mut before, mut after) = (last, NONE);
        // Nearly always it is the latest; not so when a state is restored.
        while let Some(record) = self.get(before).filter(|record| record.order > order) {
            (after, before) = (before, record.here.before);
        }
        self.link_here(address, before, slot);
        self.link_here(address, slot, after);
    }

    /// Takes an attempt out of its address's list; the last one makes the address idle.
    #[inline(never)]
    pub(super) fn leave_address(&mut self, slot: Slot) {
        let Some(record) = self.get(slot) else { return };
        let (address, Links { before, after }) = (record.address, record.here);
        self.touch_address(address);
        self.link_here(address, before, after);
        if before != NONE || after != NONE {
            return;
        }
        let (namespace, device) = self.names(address);
        let text = format!("{}/{device}", self.texts.text(namespace));
        let print = Place::of(&text).print;
        self.texts.release(namespace);
        let Some(known) = self.addresses.all.get_mut(address) else {
            return;
        };
        known.name = Name::Idle(print.parts());
        let heard = known.latest != NONE;
        self.rest(address);
        if heard {
            self.forget_silent();
        } else {
            self.drop_idle(address);
        }
    }

    fn link_here(&mut self, address: u32, before: Slot, after: Slot) {
        let Some(address) = self.addresses.all.get_mut(address) else {
            return;
        };
        match self.records.get_mut(before) {
            Some(record) => record.here.after = after,
            None => address.first = after,
        }
        match self.records.get_mut(after) {
            Some(record) => record.here.before = before,
            None => address.last = before,
        }
    }

    /// Whether a result has been used up, and reading it would find nothing to say about it.
    pub(crate) fn is_settled(&self, address: u32, fingerprint: Fingerprint) -> bool {
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
        let latest = self
            .addresses
            .get(address)
            .map_or(NONE, |address| address.latest);
        let (mut before, mut at, mut length) = (NONE, latest, 0);
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
        }
        self.forget_silent();
        (address, seen)
    }

    /// The result needs no second look.
    pub(crate) fn use_up(&mut self, address: u32, result_id: u64) {
        self.touch_address(address);
        let mut at = self
            .addresses
            .get(address)
            .map_or(NONE, |address| address.latest);
        while let Some(seen) = self.addresses.seen.get_mut(at) {
            if seen.result_id() == result_id {
                seen.set(USED);
                return;
            }
            at = seen.next;
        }
    }

    /// What is remembered of an address, the latest first.
    pub(crate) fn seen(&self, address: u32) -> impl Iterator<Item = &Seen> {
        let mut at = self
            .addresses
            .get(address)
            .map_or(NONE, |address| address.latest);
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
            let next = self
                .addresses
                .get(address)
                .map_or(NONE, |address| address.latest);
            let newest = self.addresses.seen.put(Seen { next, ..*seen });
            if let Some(address) = self.addresses.all.get_mut(address) {
                address.latest = newest;
            }
        }
    }

    /// The addresses without attempts, the longest silent first.
    pub(crate) fn idle(&self) -> impl Iterator<Item = u32> {
        let mut next = self.addresses.silent;
        std::iter::from_fn(move || {
            let address = next;
            next = self.addresses.get(address)?.idle.after;
            Some(address)
        })
    }

    /// The print of an address without attempts.
    pub(crate) fn idle_print(&self, address: u32) -> Option<[u32; 4]> {
        match self.addresses.get(address)?.name {
            Name::Idle(print) => Some(print),
            Name::Known { .. } => None,
        }
    }

    /// Puts back an address without attempts, behind all others.
    pub(crate) fn put_back_idle(&mut self, print: [u32; 4]) -> u32 {
        let address = self.addresses.all.put(Address {
            name: Name::Idle(print),
            ..Address::default()
        });
        let [low, ..] = print;
        self.addresses.table.add(low, address);
        self.rest(address);
        address
    }

    /// How many numbers of addresses there are.
    pub(crate) fn address_numbers(&self) -> u32 {
        self.addresses.all.numbers()
    }
}

#[cfg(test)]
mod tests {
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
    fn an_address_takes_a_cache_line() {
        assert_eq!(size_of::<Address>(), 64);
        for name in ["", "WD-EMS2-000000000001", &"é".repeat(15), &"é".repeat(16)] {
            assert_eq!(Device::of(name).text(), name);
        }
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
        assert_eq!(index.addresses.idle, IDLE_ADDRESSES);
        assert!(!knows(&index, "x/second", 1));
        assert!(knows(&index, "x/first", 1));
        assert!(knows(&index, "x/kept", 0));
        assert_eq!(index.idle().count(), IDLE_ADDRESSES);
    }
}
