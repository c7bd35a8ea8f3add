//! Addresses, and the attempts at each.

use super::super::bytes::same;
use super::super::record::{Links, Record, Slot};
use super::super::store::{NONE, Print, Slab, Sym, Table, print};
use super::Index;
use super::seen::{Lately, Seen};
use crate::topic::Topic;

/// Addresses without attempts whose results are remembered; beyond that, the one that has been
/// silent longest is forgotten. Addresses with attempts are always remembered.
pub(crate) const IDLE_ADDRESSES: usize = 16_384;

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
pub(super) struct Address {
    name: Name,
    /// Attempts, in the order of opening.
    first: Slot,
    pub(super) last: Slot,
    /// The latest of the results that are remembered.
    pub(super) latest: u32,
    /// What may be among them.
    pub(super) lately: Lately,
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
            lately: Lately::default(),
            idle: Links::default(),
        }
    }
}

/// All addresses.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    pub(super) all: Slab<Address>,
    pub(super) table: Table,
    pub(super) seen: Slab<Seen>,
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
    pub(super) print: Print,
}

impl<'a> Place<'a> {
    pub(crate) fn of(text: &'a str) -> Place<'a> {
        let print = print(Print::default(), text.as_bytes());
        Place { text, print }
    }
}

impl Addresses {
    pub(super) fn get(&self, address: u32) -> Option<&Address> {
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
                let (device, text) = (device.bytes(), place.text.as_bytes());
                let parts = text.split_at_checked(text.len().wrapping_sub(device.len()));
                parts.is_some_and(|(levels, last)| {
                    let levels = levels.strip_suffix(b"/");
                    same(last, device)
                        && levels.is_some_and(|levels| same(levels, self.texts.bytes(*namespace)))
                })
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
    pub(super) fn new_address(&mut self, place: &Place<'_>) -> u32 {
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

    pub(super) fn forget_silent(&mut self) {
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

    #[test]
    fn an_address_takes_a_cache_line() {
        assert_eq!(size_of::<Address>(), 64);
        for name in ["", "WD-EMS2-000000000001", &"é".repeat(15), &"é".repeat(16)] {
            assert_eq!(Device::of(name).text(), name);
        }
    }
}
