//! The page's answer to everything that happens. What is known grows by what has happened and by nothing
//! else: how anything stands follows each time from all of it.

use wudun_ota::Status;
use wudun_ota::upgrade::{AlertCode, Disposition, MatchedBy, State};

use super::page::{Life, Picture, Thing, open};
use super::words::{Command, Fact, Message, Place, Waits, What};

const TEN_MINUTES: u64 = 600_000;
/// "Each address remembers fingerprints of its last 16 results."
const REMEMBERED: usize = 16;

/// What the page says to the last fact of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// For an attempt that could not be opened, or anything else that was refused.
    pub error: Option<&'static str>,
    pub disposition: Option<Disposition>,
    pub matched_by: Option<MatchedBy>,
    /// Every attempt that a result is recorded on; by a tick, what has expired.
    pub on: Vec<u32>,
    pub before: Option<Picture>,
    pub after: Option<Picture>,
    pub alerts: Vec<AlertCode>,
}

/// A result that an address has sent, and when it first came: after how many facts.
#[derive(Clone, Debug)]
struct Heard {
    message: Message,
    first: usize,
    used: bool,
}

/// Everything that follows from a history.
#[derive(Clone, Debug)]
pub struct World {
    pub waits: Waits,
    pub now: u64,
    pub lives: Vec<Life>,
    /// After how many facts each attempt was sent, beside `lives`.
    sent_after: Vec<Option<usize>>,
    heard: Vec<Heard>,
    /// Results by when they first came, the latest of equal ones last; kept beyond what is remembered.
    numbers: Vec<(Message, usize)>,
    /// Those of them that wait for the operator.
    assignable: Vec<usize>,
    /// Facts before the present one.
    told: usize,
    /// What has expired since the last tick.
    expired: Vec<u32>,
    pub answer: Answer,
}

/// Which attempt a result belongs to.
enum Owner {
    One(usize, MatchedBy),
    Elsewhere(usize, MatchedBy),
    Several(Vec<usize>),
    Nobody,
}

impl World {
    /// Before anything has happened.
    pub fn new(waits: Waits) -> World {
        World {
            waits,
            now: 0,
            lives: Vec::new(),
            sent_after: Vec::new(),
            heard: Vec::new(),
            numbers: Vec::new(),
            assignable: Vec::new(),
            told: 0,
            expired: Vec::new(),
            answer: Answer::default(),
        }
    }

    /// One thing more, after `n` others.
    pub fn tell(&mut self, n: usize, fact: Fact) {
        let before = self.waiting();
        // "The tracker uses the greatest it has seen."
        self.now = self.now.max(fact.at);
        self.told = n;
        let still = self.waiting();
        self.expired
            .extend(before.iter().filter(|mid| !still.contains(mid)));
        self.answer = self.take(n, fact.what);
        for (life, sent) in self.lives.iter().zip(&mut self.sent_after) {
            if life.sent_at().is_some() && sent.is_none() {
                *sent = Some(n);
            }
        }
    }

    fn waiting(&self) -> Vec<u32> {
        let open = self.lives.iter().filter(|life| open(self.state(life)));
        open.map(|life| life.command.mid).collect()
    }

    pub fn find(&self, mid: u32) -> Option<usize> {
        self.lives.iter().position(|life| life.command.mid == mid)
    }

    pub fn picture(&self, life: &Life) -> Picture {
        life.picture(self.now, &self.waits)
    }

    pub fn pictures(&self) -> Vec<(u32, Picture)> {
        let both = |life: &Life| (life.command.mid, self.picture(life));
        self.lives.iter().map(both).collect()
    }

    fn state(&self, life: &Life) -> State {
        life.state(self.now, &self.waits)
    }

    /// The earliest moment at which an open attempt ends by itself; now, when there is something to tell.
    pub fn next_deadline(&self) -> Option<u64> {
        if !self.expired.is_empty() {
            return Some(self.now);
        }
        let open = self.lives.iter().filter(|life| open(self.state(life)));
        open.map(|life| life.deadline(&self.waits)).min()
    }

    fn take(&mut self, n: usize, what: What) -> Answer {
        match what {
            What::Open { command, supersede } => self.open(command, supersede),
            What::Sent(mid) => self.happens(mid, Thing::Sent),
            What::Acknowledged(mid, code) if code >= 0x80 => self.happens(mid, Thing::Denied),
            What::Acknowledged(mid, _) => self.happens(mid, Thing::Sent),
            What::Lost(mid) => self.happens(mid, Thing::Lost),
            What::Cancel(mid) => self.happens(mid, Thing::Cancelled),
            What::Forget(mid) => self.forget(mid),
            What::Assign(message, mid) => self.assign(message, mid),
            What::Hear { message, retained } => self.hear(n, message, retained),
            What::HearCommand { command, retained } => self.hear_command(command, retained),
            What::Tick => Answer {
                on: std::mem::take(&mut self.expired),
                ..Answer::default()
            },
        }
    }

    fn open(&mut self, command: Command, supersede: bool) -> Answer {
        let error = |code| Answer {
            error: Some(code),
            ..Answer::default()
        };
        if self.find(command.mid).is_some() {
            return error("mid-in-use");
        }
        let subject = |life: &Life| (life.command.place, life.command.source);
        let same = |life: &&Life| subject(life) == (command.place, command.source);
        // What the broker denied was not sent.
        let sent = (0..self.lives.len())
            .filter(|at| same(&&self.lives[*at]) && !self.lives[*at].denied(&self.waits))
            .filter(|at| self.sent_after[*at].is_some());
        let last_sent = sent
            .max_by_key(|at| self.sent_after[*at])
            .map(|at| &self.lives[at]);
        let may_act = last_sent.filter(|life| life.may_still_act(&self.waits));
        let opened = self
            .lives
            .iter()
            .filter(same)
            .find(|life| open(self.state(life)));
        if !supersede {
            if opened.is_some_and(|life| self.state(life) == State::Unpublished) {
                return error("subject-busy");
            }
            if opened.is_some() || may_act.is_some() {
                return error("needs-supersede");
            }
        }
        let superseded: Vec<u32> = [opened, may_act]
            .into_iter()
            .flatten()
            .map(|life| life.command.mid)
            .collect();
        // "The software says that the device may still act."
        let sent =
            |life: &&Life| superseded.contains(&life.command.mid) && life.sent_at().is_some();
        let alerts = vec![AlertCode::Superseded; self.lives.iter().filter(sent).count()];
        let now = self.now;
        for life in &mut self.lives {
            if superseded.contains(&life.command.mid) {
                life.course.push((now, Thing::Superseded));
            }
        }
        self.lives.push(Life {
            command,
            opened: now,
            course: Vec::new(),
        });
        self.sent_after.push(None);
        Answer {
            alerts,
            ..Answer::default()
        }
    }

    fn happens(&mut self, mid: u32, thing: Thing) -> Answer {
        let Some(at) = self.find(mid) else {
            return Answer {
                error: Some("attempt-unknown"),
                ..Answer::default()
            };
        };
        let before = self.picture(&self.lives[at]);
        self.lives[at].course.push((self.now, thing));
        Answer {
            before: Some(before),
            after: Some(self.picture(&self.lives[at])),
            ..Answer::default()
        }
    }

    fn forget(&mut self, mid: u32) -> Answer {
        let error = match self.find(mid) {
            None => Some("attempt-unknown"),
            Some(at) if open(self.state(&self.lives[at])) => Some("attempt-open"),
            Some(at) => {
                self.lives.remove(at);
                self.expired.retain(|expired| *expired != mid);
                self.sent_after.remove(at);
                None
            }
        };
        Answer {
            error,
            ..Answer::default()
        }
    }

    /// "Only attempts at the result's own address and sub-device are considered. First match wins."
    fn owner(&self, message: &Message) -> Owner {
        let here = |life: &Life| life.command.place == message.place;
        let named = |found: Option<usize>, rule| match found {
            Some(at) if here(&self.lives[at]) => Owner::One(at, rule),
            Some(at) => Owner::Elsewhere(at, rule),
            None => Owner::Nobody,
        };
        if let Some(reply) = message.reply {
            return named(self.find(reply), MatchedBy::Reply);
        }
        if let Some(at) = self.find(message.mid) {
            return named(Some(at), MatchedBy::Mid);
        }
        let all = |is: &dyn Fn(&Life) -> bool| -> Vec<usize> {
            (0..self.lives.len())
                .filter(|at| is(&self.lives[*at]))
                .collect()
        };
        if message.trace.is_some() {
            let carries = |life: &Life| life.command.trace == message.trace;
            match all(&|life| here(life) && carries(life))[..] {
                [at] => return Owner::One(at, MatchedBy::TraceId),
                [] => {
                    if let [at] = all(&carries)[..] {
                        return Owner::Elsewhere(at, MatchedBy::TraceId);
                    }
                }
                _ => {}
            }
        }
        let candidates = all(&|life| {
            here(life)
                && message
                    .source
                    .is_none_or(|source| source == life.command.source)
                && life.candidate(self.now, &self.waits)
        });
        let chosen = match candidates[..] {
            [] => return Owner::Nobody,
            [one] => vec![one],
            _ => {
                let expected = |at: &usize| self.lives[*at].expected_in(message);
                candidates.iter().copied().filter(expected).collect()
            }
        };
        match chosen[..] {
            // "Rule 4 is off for that attempt."
            [one] if !self.lives[one].foreign() => Owner::One(one, MatchedBy::Subject),
            _ if candidates.len() == 1 => Owner::Nobody,
            _ => Owner::Several(candidates),
        }
    }

    fn hear(&mut self, n: usize, message: Message, retained: bool) -> Answer {
        let at = self.remember(n, message);
        if self.heard[at].used {
            return disposition(Disposition::Duplicate);
        }
        let held =
            |disposition, on: Vec<u32>, rule: Option<MatchedBy>, alerts: Vec<AlertCode>| Answer {
                disposition: Some(disposition),
                matched_by: rule,
                on,
                alerts,
                ..Answer::default()
            };
        let mids = |list: &[usize]| list.iter().map(|at| self.lives[*at].command.mid).collect();
        if message.broken {
            self.heard[at].used = true;
            // "Kept on the attempts that its topic points to, alert."
            let there = |life: &&Life| life.command.place.device == message.place.device;
            let on: Vec<u32> = self
                .lives
                .iter()
                .filter(there)
                .map(|life| life.command.mid)
                .collect();
            let alert = (!on.is_empty()).then_some(AlertCode::InvalidResult);
            return held(Disposition::Invalid, on, None, alert.into_iter().collect());
        }
        match self.owner(&message) {
            Owner::Elsewhere(life, rule) => {
                self.heard[at].used = true;
                let alerts = vec![AlertCode::WrongSubject];
                held(Disposition::WrongSubject, mids(&[life]), Some(rule), alerts)
            }
            Owner::Nobody if retained => disposition(Disposition::Retained),
            Owner::Nobody => {
                self.heard[at].used = true;
                disposition(Disposition::Unsolicited)
            }
            Owner::Several(list) => {
                let on = mids(&list);
                if !retained {
                    self.assignable.push(self.heard[at].first);
                }
                let held_as = if retained {
                    Disposition::Retained
                } else {
                    Disposition::Ambiguous
                };
                held(held_as, on, None, vec![AlertCode::Ambiguous])
            }
            Owner::One(life, rule) => {
                let command = self.lives[life].command.timestamp;
                let said = message.timestamp;
                let odd = said + TEN_MINUTES < command || said > self.now + TEN_MINUTES;
                let suspect = rule == MatchedBy::Subject && odd;
                let first = self.heard[at].first;
                let early = self.came_before(first, life);
                let mut alerts = Vec::new();
                alerts.extend(suspect.then_some(AlertCode::SuspectTime));
                alerts.extend(early.then_some(AlertCode::EarlyResult));
                let on = mids(&[life]);
                if retained && ![MatchedBy::Reply, MatchedBy::Mid].contains(&rule) {
                    held(Disposition::Retained, on, Some(rule), alerts)
                } else if suspect {
                    self.assignable.push(self.heard[at].first);
                    held(Disposition::Suspect, on, Some(rule), alerts)
                } else if early {
                    self.settle(first);
                    held(Disposition::Recorded, on, Some(rule), alerts)
                } else {
                    self.apply(message, first, life, rule)
                }
            }
        }
    }

    /// "A result first seen before the attempt was sent."
    fn came_before(&self, first: usize, life: usize) -> bool {
        match self.sent_after[life] {
            Some(sent) => first < sent,
            // Seen before, it was seen before the sending, if that has not happened yet.
            None => first < self.told,
        }
    }

    /// It has found its attempt: the same again is a duplicate, and there is nothing to assign.
    fn settle(&mut self, first: usize) {
        let same = self.heard.iter_mut().filter(|heard| heard.first == first);
        same.for_each(|heard| heard.used = true);
        self.assignable.retain(|waiting| *waiting != first);
    }

    fn remember(&mut self, n: usize, message: Message) -> usize {
        let known = self.heard.iter().position(|heard| heard.message == message);
        if let Some(known) = known {
            // The address's latest again.
            let heard = self.heard.remove(known);
            self.heard.push(heard);
            return self.heard.len() - 1;
        }
        let same_address = |heard: &Heard| heard.message.place.device == message.place.device;
        if self
            .heard
            .iter()
            .filter(|heard| same_address(heard))
            .count()
            == REMEMBERED
        {
            let oldest = self.heard.iter().position(same_address).unwrap();
            self.heard.remove(oldest);
        }
        self.heard.push(Heard {
            message,
            first: n,
            used: false,
        });
        self.numbers.push((message, n));
        self.heard.len() - 1
    }

    fn apply(&mut self, message: Message, first: usize, life: usize, rule: MatchedBy) -> Answer {
        let before = self.picture(&self.lives[life]);
        let alerts = self.lives[life].alerts(&message, self.now, &self.waits);
        self.settle(first);
        let now = self.now;
        self.lives[life].course.push((now, Thing::Result(message)));
        let after = self.picture(&self.lives[life]);
        let moved = (before.state, before.outcome) != (after.state, after.outcome);
        Answer {
            // Informational: "it never advances an attempt", though it may prove that it was sent.
            disposition: Some(if moved && message.status.is_some() {
                Disposition::Advanced
            } else {
                Disposition::Recorded
            }),
            matched_by: Some(rule),
            on: vec![self.lives[life].command.mid],
            before: Some(before),
            after: Some(after),
            alerts,
            ..Answer::default()
        }
    }

    /// "May be assigned by the operator": what was held back as suspect or ambiguous.
    fn assign(&mut self, message: Message, mid: u32) -> Answer {
        let error = |code| Answer {
            error: Some(code),
            ..Answer::default()
        };
        let Some(life) = self.find(mid) else {
            return error("attempt-unknown");
        };
        let known = self.numbers.iter().rfind(|(heard, _)| *heard == message);
        let Some((_, first)) = known.filter(|(_, first)| self.assignable.contains(first)) else {
            return error("result-unknown");
        };
        let first = *first;
        if self.lives[life].command.place != message.place {
            return error("result-elsewhere");
        }
        if self.came_before(first, life) {
            return Answer {
                disposition: Some(Disposition::Recorded),
                matched_by: Some(MatchedBy::Operator),
                on: vec![mid],
                alerts: vec![AlertCode::EarlyResult],
                ..Answer::default()
            };
        }
        self.apply(message, first, life, MatchedBy::Operator)
    }

    /// "Our own `mid`: an echo. Any other command for a subject with an open attempt: alert, and
    /// rule 4 is off for that attempt. A retained command: alert."
    fn hear_command(&mut self, command: Command, retained: bool) -> Answer {
        let mut answer = disposition(Disposition::Echo);
        if retained {
            answer.alerts.push(AlertCode::RetainedCommand);
        }
        let ours = self.find(command.mid);
        if let Some(at) =
            ours.filter(|at| self.lives[*at].command.place.device == command.place.device)
        {
            // It proves what "sent" says.
            self.lives[at].course.push((self.now, Thing::Sent));
            return answer;
        }
        answer.disposition = Some(Disposition::ForeignCommand);
        let (now, waits) = (self.now, self.waits);
        for life in &mut self.lives {
            let subject = (life.command.place, life.command.source);
            if subject == (command.place, command.source) && open(life.state(now, &waits)) {
                life.course.push((now, Thing::Foreign));
                answer.alerts.push(AlertCode::ForeignCommand);
            }
        }
        answer
    }
}

fn disposition(disposition: Disposition) -> Answer {
    Answer {
        disposition: Some(disposition),
        ..Answer::default()
    }
}

/// Every status, and none.
pub const STATUSES: [Option<Status>; 7] = [
    None,
    Some(Status::Forbidden),
    Some(Status::Prepared),
    Some(Status::PrepareFailed),
    Some(Status::Succeeded),
    Some(Status::RolledBack),
    Some(Status::RollbackFailed),
];

/// Where everything is, unless said otherwise.
pub const HERE: Place = Place {
    device: 1,
    sub_device: None,
};
