//! What many worlds have seen, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use wudun_ota::upgrade::{Disposition, MatchedBy};

/// By name, so that it sorts and prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(pub &'static str);

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub events: u64,
    pub attempts: u64,
    pub commands: u64,
    pub deliveries: u64,
    pub forgotten: u64,
    /// Judged at the end.
    pub judged: u64,
    /// What the tracker believes is what the device has done.
    pub accurate: u64,
    pub verified: u64,
    pub dispositions: BTreeMap<Name, u64>,
    pub matches: BTreeMap<Name, u64>,
    /// Attempts by state at the end.
    pub states: BTreeMap<&'static str, u64>,
    /// What is false or missing, and the rule of §7 that explains it.
    pub deviations: BTreeMap<(&'static str, &'static str), u64>,
}

impl From<Disposition> for Name {
    fn from(disposition: Disposition) -> Name {
        Name(match disposition {
            Disposition::Advanced => "advanced",
            Disposition::Recorded => "recorded",
            Disposition::Duplicate => "duplicate",
            Disposition::Retained => "retained",
            Disposition::Suspect => "suspect",
            Disposition::Ambiguous => "ambiguous",
            Disposition::Unsolicited => "unsolicited",
            Disposition::WrongSubject => "wrong-subject",
            Disposition::Invalid => "invalid",
            Disposition::Echo => "echo",
            Disposition::ForeignCommand => "foreign-command",
        })
    }
}

impl From<MatchedBy> for Name {
    fn from(by: MatchedBy) -> Name {
        Name(match by {
            MatchedBy::Reply => "reply",
            MatchedBy::Mid => "mid",
            MatchedBy::TraceId => "trace-id",
            MatchedBy::Subject => "subject",
            MatchedBy::Operator => "operator",
        })
    }
}

impl Tally {
    pub fn deviates(&mut self, what: &'static str, rule: &'static str) {
        *self.deviations.entry((what, rule)).or_default() += 1;
    }

    pub fn add(&mut self, other: &Tally) {
        self.events += other.events;
        self.attempts += other.attempts;
        self.commands += other.commands;
        self.deliveries += other.deliveries;
        self.forgotten += other.forgotten;
        self.judged += other.judged;
        self.accurate += other.accurate;
        self.verified += other.verified;
        sum(&mut self.dispositions, &other.dispositions);
        sum(&mut self.matches, &other.matches);
        sum(&mut self.states, &other.states);
        sum(&mut self.deviations, &other.deviations);
    }
}

fn sum<K: Ord + Copy>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(*key).or_default() += count;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} events, {} attempts opened, {} commands taken by devices, {} deliveries to operators",
            self.events, self.attempts, self.commands, self.deliveries
        )?;
        let list = |names: &BTreeMap<Name, u64>| -> String {
            let parts = names
                .iter()
                .map(|(Name(name), count)| format!("{name} {count}"));
            parts.collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "deliveries: {}", list(&self.dispositions))?;
        writeln!(f, "matched by: {}", list(&self.matches))?;
        let states = self
            .states
            .iter()
            .map(|(name, count)| format!("{name} {count}"));
        writeln!(f, "ends: {}", states.collect::<Vec<_>>().join(", "))?;
        writeln!(
            f,
            "{} attempts judged ({} forgotten before): {} as the device has done, {} verified",
            self.judged, self.forgotten, self.accurate, self.verified
        )?;
        for ((what, rule), count) in &self.deviations {
            writeln!(f, "{count:>8}  {what}: {rule}")?;
        }
        Ok(())
    }
}
