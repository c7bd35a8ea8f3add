//! A device: the real gateway, a clock that may be wrong, and what is really true of it.

use wudun_ota::Topic;
use wudun_ota::gateway::{Behaviour, Correlation, Gateway, Pauses, Publication};

use super::random::Random;

/// Images by version: the commit is what the vendor would write.
pub const IMAGES: [(&str, &str); 3] = [
    ("1.1.0", "k3x9q2m7w1zp"),
    ("1.2.0", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ("2.0.0", "Q7ZP0M2L9XW4"),
];

pub struct Device {
    pub command_topic: String,
    pub result_topic: String,
    pub address: String,
    pub uid: String,
    pub gateway: Gateway,
    /// What its clock is off, in milliseconds.
    pub clock: i64,
    /// Changes with each restart: what was under way then is void.
    pub life: u64,
    pub running: bool,
    /// It waits for a pause, a download or an acknowledgement.
    pub busy: bool,
    pub saying: Option<Saying>,
    /// Since when it runs what.
    pub history: Vec<(u64, String)>,
    /// Its firmware now and then writes results that break a rule.
    pub broken: bool,
}

/// A result that the broker has not acknowledged.
#[derive(Clone, Debug)]
pub struct Saying {
    pub publication: Publication,
    pub payload: Vec<u8>,
    pub report: usize,
    pub left: u8,
    pub key: u64,
}

/// A result as the device made it, with what is true.
#[derive(Clone, Debug)]
pub struct Report {
    pub device: usize,
    /// The `mid` of the command that caused it; `None` for what no command caused.
    pub cause: Option<String>,
    pub status: u8,
    /// What the device ran when it made this.
    pub runs: String,
    /// When.
    pub at: u64,
}

const MINUTE: i64 = 60_000;
const YEAR: i64 = 365 * 24 * 60 * MINUTE;

impl Device {
    pub fn new(place: usize, topic: &str, random: &mut Random) -> Device {
        let command = Topic::parse(topic).expect("a command topic");
        let behaviour = if random.percent(45) {
            Behaviour::Ok
        } else {
            random.pick(&Behaviour::ALL)
        };
        let correlation = random.pick(&Correlation::ALL);
        let pauses = Pauses {
            step_ms: random.between(0, 20_000),
            later_ms: 660_000,
        };
        let result_topic = topic.replace("/command", "/result");
        Device {
            address: command.address(),
            uid: command.device().to_owned(),
            command_topic: topic.to_owned(),
            result_topic,
            gateway: Gateway::new(command, behaviour, correlation, place as u32 + 1)
                .with_pauses(pauses),
            clock: wrong_clock(random),
            life: 0,
            running: true,
            busy: false,
            saying: None,
            history: vec![(0, "1.0.0".to_owned())],
            broken: random.percent(8),
        }
    }

    /// What its clock shows.
    pub fn clock_at(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.clock).max(1)
    }

    /// Whether it ran this version at any time from `since` on.
    pub fn has_run(&self, version: &str, since: u64) -> bool {
        let ends = self
            .history
            .iter()
            .skip(1)
            .map(|(at, _)| *at)
            .chain([u64::MAX]);
        self.history
            .iter()
            .zip(ends)
            .any(|((_, ran), end)| ran == version && end >= since)
    }
}

/// Mostly right, at times wrong by seconds, minutes, hours or years.
pub fn wrong_clock(random: &mut Random) -> i64 {
    let by = match random.below(10) {
        0 => random.between(1, 30_000) as i64,
        1 => random.between(1, 9) as i64 * MINUTE,
        2 => random.between(11, 300) as i64 * MINUTE,
        3 => random.between(1, 26) as i64 * YEAR,
        _ => 0,
    };
    if random.percent(60) { -by } else { by }
}
