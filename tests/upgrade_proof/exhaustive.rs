//! Every course of events up to a length: depth first, so that courses share their beginnings.

use wudun_ota::Status;
use wudun_ota::upgrade::MatchedBy;

use super::history::{HERE, STATUSES};
use super::pair::{Pair, WAITS};
use super::words::{Command, Message, What};

const FIRST: u32 = 1;
const SECOND: u32 = 2;

/// What may be put once into a course besides the nine letters of the alphabet.
#[derive(Clone, Copy, Default)]
struct Spent {
    duplicate: bool,
    retained: bool,
    supersession: bool,
    cancellation: bool,
}

impl Spent {
    fn number(self) -> usize {
        [
            self.duplicate,
            self.retained,
            self.supersession,
            self.cancellation,
        ]
        .into_iter()
        .filter(|spent| *spent)
        .count()
    }
}

#[derive(Clone)]
struct Walk {
    pair: Pair,
    rule: MatchedBy,
    /// Letters so far.
    length: usize,
    spent: Spent,
    /// Every result so far, and whether it has come without the retain flag.
    heard: Vec<(Message, bool)>,
}

/// How long a course may be, by the number of extras in it.
type Limits = &'static [usize];

/// Goes on from here in every way; gives how many courses of each length there are without extras,
/// and how many with.
fn explore(walk: &Walk, limits: Limits, courses: &mut Courses) {
    let (length, extras) = (walk.length, walk.spent.number());
    if extras == 0 {
        courses.plain[length] += 1;
    } else {
        courses.with_extras += 1;
    }
    let mut follow = |take: &dyn Fn(&mut Walk)| {
        let mut next = walk.clone();
        // A moment later, so that no two results have the same bytes.
        next.pair.wait(1);
        take(&mut next);
        explore(&next, limits, courses);
    };
    if length < limits[extras] {
        for (owner, status) in walk.answers() {
            follow(&|next| next.result(status, owner));
        }
        for wait in [WAITS.first, WAITS.last] {
            follow(&|next| next.expiry(wait));
        }
        for n in walk.heard_as(false) {
            follow(&|next| next.live_after_retained(n));
        }
    }
    if limits.get(extras + 1).is_none_or(|limit| length > *limit) {
        return;
    }
    if !walk.spent.duplicate {
        for n in walk.heard_as(true) {
            follow(&|next| next.duplicate(n));
        }
    }
    if !walk.spent.retained {
        for n in walk.heard_as(true) {
            follow(&|next| next.retained_copy(n));
        }
        // The copy may also come before the result itself.
        for (owner, status) in walk.answers() {
            follow(&|next| next.retained_first(status, owner));
        }
    }
    if !walk.spent.supersession {
        follow(&Walk::supersede);
    }
    if !walk.spent.cancellation {
        follow(&Walk::cancel);
    }
}

#[derive(Debug, Default)]
struct Courses {
    plain: [usize; 7],
    with_extras: usize,
}

impl Walk {
    /// One attempt, sent.
    fn new(rule: MatchedBy) -> Walk {
        let mut walk = Walk {
            pair: Pair::new(),
            rule,
            length: 0,
            spent: Spent::default(),
            heard: Vec::new(),
        };
        walk.send(FIRST, false);
        walk
    }

    fn send(&mut self, mid: u32, supersede: bool) {
        let command = Command {
            mid,
            place: HERE,
            source: 1,
            trace: Some(mid as u8),
            timestamp: self.pair.now,
            expected_version: None,
            expected_commit: None,
        };
        self.tell(What::Open { command, supersede });
        self.tell(What::Sent(mid));
    }

    fn tell(&mut self, what: What) {
        self.pair.tell(what);
        if self.length <= 3 {
            self.pair.compare_attempts();
        }
    }

    /// What the device may say, and of which attempt: after a supersession, of either.
    fn answers(&self) -> Vec<(u32, Option<Status>)> {
        let two = self.spent.supersession && self.rule != MatchedBy::Subject;
        let owners = if two { &[FIRST, SECOND][..] } else { &[FIRST] };
        let each = |owner: &u32| STATUSES.map(|status| (*owner, status));
        owners.iter().flat_map(each).collect()
    }

    /// Results that have come without the retain flag, or so far only with it.
    fn heard_as(&self, live: bool) -> Vec<usize> {
        (0..self.heard.len())
            .filter(|n| self.heard[*n].1 == live)
            .collect()
    }

    fn message(&self, status: Option<Status>, owner: u32) -> Message {
        let mut message = Message::silent(100, HERE, self.pair.now);
        message.status = status;
        match self.rule {
            MatchedBy::Reply => message.reply = Some(owner),
            MatchedBy::Mid => message.mid = owner,
            MatchedBy::TraceId => message.trace = Some(owner as u8),
            MatchedBy::Subject | MatchedBy::Operator => {}
        }
        message
    }

    fn hear(&mut self, message: Message, retained: bool) {
        self.tell(What::Hear { message, retained });
    }

    fn result(&mut self, status: Option<Status>, owner: u32) {
        let message = self.message(status, owner);
        self.length += 1;
        self.heard.push((message, true));
        self.hear(message, false);
    }

    fn expiry(&mut self, wait: u64) {
        self.length += 1;
        self.pair.wait(wait);
        self.tell(What::Tick);
    }

    fn duplicate(&mut self, n: usize) {
        self.spent.duplicate = true;
        self.hear(self.heard[n].0, false);
    }

    fn retained_copy(&mut self, n: usize) {
        self.spent.retained = true;
        self.hear(self.heard[n].0, true);
    }

    fn retained_first(&mut self, status: Option<Status>, owner: u32) {
        let message = self.message(status, owner);
        self.spent.retained = true;
        self.heard.push((message, false));
        self.hear(message, true);
    }

    fn live_after_retained(&mut self, n: usize) {
        self.length += 1;
        self.heard[n].1 = true;
        self.hear(self.heard[n].0, false);
    }

    fn supersede(&mut self) {
        self.spent.supersession = true;
        self.send(SECOND, true);
    }

    fn cancel(&mut self) {
        self.spent.cancellation = true;
        let latest = if self.spent.supersession {
            SECOND
        } else {
            FIRST
        };
        self.tell(What::Cancel(latest));
    }
}

/// The nine letters of the alphabet up to six of them.
fn every_course(rule: MatchedBy) {
    let mut courses = Courses::default();
    explore(&Walk::new(rule), &[6], &mut courses);
    assert_eq!(courses.plain, [1, 9, 81, 729, 6_561, 59_049, 531_441]);
}

/// Up to four, with one duplicate, one retained copy, one supersession or one cancellation wherever
/// it may be put; up to two with any two of these, one with any three.
fn every_course_with_extras(rule: MatchedBy) {
    let mut courses = Courses::default();
    explore(&Walk::new(rule), &[4, 4, 2, 1], &mut courses);
    assert_eq!(courses.plain[..5], [1, 9, 81, 729, 6_561]);
    assert!(courses.with_extras > 500_000, "{courses:?}");
}

#[test]
fn by_reply() {
    every_course(MatchedBy::Reply);
}

#[test]
fn by_reply_with_extras() {
    every_course_with_extras(MatchedBy::Reply);
}

#[test]
fn by_mid() {
    every_course(MatchedBy::Mid);
}

#[test]
fn by_mid_with_extras() {
    every_course_with_extras(MatchedBy::Mid);
}

#[test]
fn by_trace_id() {
    every_course(MatchedBy::TraceId);
}

#[test]
fn by_trace_id_with_extras() {
    every_course_with_extras(MatchedBy::TraceId);
}

#[test]
fn by_subject() {
    every_course(MatchedBy::Subject);
}

#[test]
fn by_subject_with_extras() {
    every_course_with_extras(MatchedBy::Subject);
}
