//! An operator: the real tracker, the referee beside it, and the sending rules of §8.

use wudun_ota::upgrade::{Deadlines, MatchedBy, State, Tracker};

use super::device::wrong_clock;
use super::random::Random;
use super::referee::{Referee, Rule};
use super::said::What;

pub struct Operator {
    pub tracker: Tracker,
    pub referee: Referee,
    pub deadlines: Deadlines,
    /// What its clock is off, in milliseconds.
    pub clock: i64,
    /// Whether it may watch the command topics.
    pub watches: bool,
    /// It may not publish: the broker answers with this reason code, which does not always say so.
    pub denied: Option<u8>,
    /// MQTT 5: commands expire on the broker.
    pub expiry: bool,
    pub outgoing: Vec<Outgoing>,
    pub upgrades: Vec<Upgrade>,
    pub tick_at: Option<u64>,
    pub fates: Vec<Fate>,
    /// Numbers of the results that it may assign, with the report behind.
    pub assignable: Vec<(u64, usize)>,
}

/// A command that the broker has not acknowledged.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub mid: String,
    pub topic: String,
    pub payload: Vec<u8>,
    pub key: u64,
    pub in_flight: bool,
    pub losses: u8,
}

/// An upgrade that the operator wants.
#[derive(Clone, Debug)]
pub struct Upgrade {
    pub mid: String,
    pub device: usize,
    pub sub_device: Option<&'static str>,
    pub source: &'static str,
    pub image: (&'static str, &'static str),
    pub expected: What,
    pub trace: Option<String>,
    pub timestamp: u64,
    pub forgotten: bool,
}

/// What became of a delivery of a report.
#[derive(Clone, Debug)]
pub struct Fate {
    pub report: usize,
    pub rule: Rule,
    pub by: Option<MatchedBy>,
    pub on: Vec<String>,
    /// How the attempt stood that the report is about, if that is this operator's.
    pub asked: Option<State>,
    pub timestamp: u64,
    /// The greatest time that the tracker had seen.
    pub now: u64,
}

impl Operator {
    pub fn new(random: &mut Random) -> Operator {
        let deadlines = match random.below(3) {
            0 => Deadlines::default(),
            1 => Deadlines {
                send_ms: 20_000,
                first_result_ms: 180_000,
                final_result_ms: 300_000,
            },
            _ => Deadlines {
                send_ms: 5_000,
                first_result_ms: 60_000,
                final_result_ms: 60_000,
            },
        };
        Operator {
            tracker: Tracker::new(deadlines),
            referee: Referee::new(deadlines),
            deadlines,
            clock: if random.percent(20) {
                wrong_clock(random)
            } else {
                0
            },
            watches: random.percent(75),
            denied: random.percent(5).then(|| random.pick(&[0, 0x87])),
            expiry: random.percent(60),
            outgoing: Vec::new(),
            upgrades: Vec::new(),
            tick_at: None,
            fates: Vec::new(),
            assignable: Vec::new(),
        }
    }

    /// What its clock shows.
    pub fn clock_at(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.clock).max(1)
    }
}
