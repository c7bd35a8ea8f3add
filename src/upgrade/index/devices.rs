//! The attempts by device, newest first, for any beginning of a device's name.
//!
//! Devices are divided by name into buckets, buckets into groups. Each keeps the places of its
//! attempts in the order of opening, which only ever grow. A beginning of a name covers whole groups,
//! some more whole buckets, and one bucket at either end in which names have to be looked at: the
//! newest of these few hundred lists together are the page, in a fleet of any size.

use super::super::store::{Bits, sort};
use super::Index;

/// Most places in a bucket before it is divided.
const BUCKET: usize = 1_024;

/// Most buckets in a group before it is divided.
const GROUP: usize = 64;

/// How many places of a list are passed by before others are looked at.
const STRIDE: usize = 512;

/// Names looked at beforehand for a bucket, and of how many attempts one: what comes of it is seldom
/// more than a bucket holds.
const SAMPLES: usize = 32;
pub(super) const SAMPLED: u64 = 20;

/// The names of devices, by the place of an attempt.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub index: &'a Index,
}

impl<'a> Names<'a> {
    pub(super) fn device(self, position: u32) -> &'a str {
        let record = self.index.get(self.index.slot_at(position));
        record.map_or("", |record| self.index.device(record))
    }
}

/// Some devices whose names are neighbours.
#[derive(Clone, Debug, Default)]
struct Bucket {
    /// No name in it is less, no name in the one before is as great.
    low: Box<str>,
    places: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    buckets: Vec<Bucket>,
    /// Those of all its buckets.
    places: Vec<u32>,
}

impl Group {
    fn low(&self) -> &str {
        self.buckets.first().map_or("", |bucket| &bucket.low)
    }
}

/// All attempts by device.
#[derive(Clone, Debug, Default)]
pub(super) struct Devices {
    groups: Vec<Group>,
}

impl Devices {
    /// None yet, in buckets for [`SAMPLED`] times as many attempts as these, whose devices are named
    /// as these are: so that they need not be divided again and again while all are added.
    #[inline(never)]
    pub(super) fn for_names_like(names: &[&str]) -> Devices {
        let first = names.first().map_or("", |name| name);
        let alike = |name: &&str| {
            let pairs = name.bytes().zip(first.bytes());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let common = names.iter().map(alike).min().unwrap_or_default();
        let key = |(number, name): (u32, &&str)| {
            let rest = name.bytes().skip(common).chain(std::iter::repeat(0));
            let key = rest.take(8).fold(0, |key, byte| key << 8 | u64::from(byte));
            (key, number)
        };
        let mut keys: Vec<(u64, u32)> = (0..).zip(names).map(key).collect();
        sort(&mut keys);
        let mut buckets = vec![Bucket::default()];
        let mut last = 0;
        for (key, number) in keys.into_iter().skip(SAMPLES).step_by(SAMPLES) {
            // Names of one key are in no order.
            if let Some(name) = names.get(number as usize).filter(|_| key > last) {
                last = key;
                buckets.push(Bucket {
                    low: (*name).into(),
                    places: Vec::new(),
                });
            }
        }
        Devices::of(buckets)
    }

    fn of(buckets: Vec<Bucket>) -> Devices {
        let mut groups = Vec::new();
        let mut rest = buckets.into_iter().peekable();
        while rest.peek().is_some() {
            let buckets: Vec<Bucket> = rest.by_ref().take(GROUP / 2).collect();
            let places = buckets
                .iter()
                .fold(Vec::new(), |all, bucket| merged(&all, &bucket.places));
            groups.push(Group { buckets, places });
        }
        Devices { groups }
    }

    /// Adds the latest attempt.
    #[inline(never)]
    pub(super) fn add(&mut self, place: u32, names: Names<'_>) {
        let device = names.device(place);
        if self.groups.is_empty() {
            self.groups.push(Group {
                buckets: vec![Bucket::default()],
                places: Vec::new(),
            });
        }
        let after = self.groups.partition_point(|group| group.low() <= device);
        let at = after.saturating_sub(1);
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        group.places.push(place);
        let after = group
            .buckets
            .partition_point(|bucket| &*bucket.low <= device);
        let in_group = after.saturating_sub(1);
        let Some(bucket) = group.buckets.get_mut(in_group) else {
            return;
        };
        bucket.places.push(place);
        // One that cannot be divided is looked at again when it has twice the size.
        let length = bucket.places.len();
        if length < BUCKET || !length.is_power_of_two() {
            return;
        }
        if let Some(upper) = bucket.divide(names) {
            group.buckets.insert(in_group + 1, upper);
        }
        if group.buckets.len() > GROUP {
            let upper = group.divide(names);
            self.groups.insert(at + 1, upper);
        }
    }

    /// Calls `take` with the places below `end`, newest first, of attempts that are among `wanted` and
    /// whose devices begin with `prefix`, until it answers `false`.
    pub(super) fn newest(
        &self,
        prefix: &str,
        end: u32,
        wanted: &Bits,
        names: Names<'_>,
        mut take: impl FnMut(u32) -> bool,
    ) {
        let mut runs = Vec::new();
        let mut lows = self.groups.iter().skip(1).map(Group::low);
        for group in &self.groups {
            let (some, all) = covers(prefix, group.low(), lows.next());
            if all {
                runs.push(Run::of(&group.places, end, None));
            } else if some {
                let mut lows = group.buckets.iter().skip(1).map(|bucket| &*bucket.low);
                for bucket in &group.buckets {
                    let (some, all) = covers(prefix, &bucket.low, lows.next());
                    if some {
                        let check = (!all).then_some(prefix);
                        runs.push(Run::of(&bucket.places, end, check));
                    }
                }
            }
        }
        let words = wanted.words();
        // The last of the runs' heads, again and again: a few hundred numbers side by side.
        while let Some(run) = runs.iter_mut().max_by_key(|run| run.places.last())
            && let Some((place, rest)) = run.places.split_last()
        {
            if run.sure {
                if !take(*place) {
                    return;
                }
                run.places = rest;
            }
            run.settle(words, names);
        }
    }

    /// The same with attempts at other places: `to` has each place's new one,
    /// [`NONE`](super::super::store::NONE) for those that are gone. Small buckets are joined.
    #[inline(never)]
    pub(super) fn moved(self, to: &[u32]) -> Devices {
        let mut buckets: Vec<Bucket> = Vec::new();
        for mut bucket in self.groups.into_iter().flat_map(|group| group.buckets) {
            let new = |place: &u32| to.get(*place as usize).copied();
            let places = bucket.places.iter().filter_map(new);
            bucket.places = places
                .filter(|place| *place != super::super::store::NONE)
                .collect();
            match buckets.last_mut() {
                Some(last) if last.places.len() + bucket.places.len() <= BUCKET / 2 => {
                    last.places = merged(&last.places, &bucket.places);
                }
                _ => buckets.push(bucket),
            }
        }
        Devices::of(buckets)
    }
}

/// Two lists in one, all in order.
fn merged(mut left: &[u32], mut right: &[u32]) -> Vec<u32> {
    let mut all = Vec::with_capacity(left.len() + right.len());
    while let (Some((a, after_a)), Some((b, after_b))) = (left.split_first(), right.split_first()) {
        if a < b {
            all.push(*a);
            left = after_a;
        } else {
            all.push(*b);
            right = after_b;
        }
    }
    all.extend_from_slice(left);
    all.extend_from_slice(right);
    all
}

/// Whether some names, and whether all names, from `low` to below `next` begin with `prefix`, as far as
/// these two tell.
fn covers(prefix: &str, low: &str, next: Option<&str>) -> (bool, bool) {
    let begins = low.starts_with(prefix);
    let some = (begins || low < prefix) && next.is_none_or(|next| next > prefix);
    let all = prefix.is_empty() || (begins && next.is_some_and(|next| next.starts_with(prefix)));
    (some, all)
}

impl Bucket {
    /// Takes the upper half of the devices out, if there are several.
    #[inline(never)]
    fn divide(&mut self, names: Names<'_>) -> Option<Bucket> {
        let length = self.places.len();
        let device = |eighth: usize| {
            let place = self.places.get(length * eighth / 8);
            place.map_or("", |place| names.device(*place))
        };
        let below = |low: &str| {
            let below = |place: &&u32| names.device(**place) < low;
            self.places.iter().filter(below).count()
        };
        let uneven = |low: &&str| below(low).abs_diff(length / 2);
        // Mostly names come in their order or in none: then the first will do.
        let middle = device(4);
        let low = if uneven(&middle) <= length / 4 {
            middle
        } else {
            [2, 6, 1, 3, 5, 7]
                .map(device)
                .into_iter()
                .min_by_key(uneven)?
        };
        let low = if below(low) > 0 {
            low
        } else {
            let mut all = self.places.iter().map(|place| names.device(*place));
            all.find(|device| *device > low)?
        };
        let (upper, lower) = self
            .places
            .iter()
            .partition(|place| names.device(**place) >= low);
        self.places = lower;
        Some(Bucket {
            low: low.into(),
            places: upper,
        })
    }
}

impl Group {
    /// Takes the upper half of the buckets out.
    fn divide(&mut self, names: Names<'_>) -> Group {
        let buckets = self.buckets.split_off(GROUP / 2);
        let low = buckets.first().map_or("", |bucket| &bucket.low);
        let (places, lower) = self
            .places
            .iter()
            .partition(|place| names.device(**place) >= low);
        self.places = lower;
        Group { buckets, places }
    }
}

/// What is left of a list that is gone through from its end.
struct Run<'a> {
    places: &'a [u32],
    /// The beginning of the names, where they have to be looked at.
    check: Option<&'a str>,
    /// Whether the last place is known to be wanted.
    sure: bool,
}

impl<'a> Run<'a> {
    fn of(places: &'a [u32], end: u32, check: Option<&'a str>) -> Run<'a> {
        let length = places.partition_point(|place| *place < end);
        Run {
            places: places.get(..length).unwrap_or_default(),
            check,
            sure: false,
        }
    }

    /// Goes to the last place that is wanted, or some way towards it: others may come first.
    fn settle(&mut self, wanted: &[u64], names: Names<'_>) {
        self.sure = false;
        for _ in 0..STRIDE {
            let Some((place, rest)) = self.places.split_last() else {
                return;
            };
            let word = wanted.get((place / 64) as usize).copied();
            if word.unwrap_or_default() >> (place % 64) & 1 == 1 {
                let named = |prefix| names.device(*place).starts_with(prefix);
                self.sure = self.check.is_none_or(named);
                if self.sure {
                    return;
                }
            }
            self.places = rest;
        }
    }
}
