//! §7 of docs/protocol.md once more, written from the page alone and as plainly as it can be: no
//! state is ever kept. What an attempt is follows each time from the whole list of what has
//! happened to it; which attempt a result belongs to follows from the whole history.
//!
//! Of the crate it uses the names of things (states, dispositions, codes) and none of its decisions.

use wudun_ota::Status::{
    self, Forbidden, PrepareFailed, Prepared, RollbackFailed, RolledBack, Succeeded,
};
use wudun_ota::upgrade::{AlertCode, Phase1, State, Verification};

use super::words::{Command, Message, Waits};

/// What has happened to one attempt, in order, and when.
#[derive(Clone, Debug)]
pub struct Life {
    pub command: Command,
    pub opened: u64,
    pub course: Vec<(u64, Thing)>,
}

#[derive(Clone, Copy, Debug)]
pub enum Thing {
    /// Handed to a live connection.
    Sent,
    /// A result that belongs to it, and that nothing holds back.
    Result(Message),
    /// The broker's reason code was 0x80 or above.
    Denied,
    /// Two connection losses without acknowledgement.
    Lost,
    Cancelled,
    Superseded,
    /// Somebody else's command for its subject, while it was open.
    Foreign,
}

/// What can be said of it at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    pub state: State,
    pub outcome: Option<Status>,
    pub verification: Option<Verification>,
    pub phase1: Option<Phase1>,
}

/// "Endings reported by the device only get worse."
pub fn badness(ending: Status) -> u8 {
    match ending {
        Prepared => unreachable!("no ending"),
        Succeeded => 1,
        Forbidden | PrepareFailed => 2,
        RolledBack => 3,
        RollbackFailed => 4,
    }
}

pub fn open(state: State) -> bool {
    [State::Unpublished, State::Sent, State::Prepared].contains(&state)
}

impl Life {
    fn results(&self) -> impl Iterator<Item = (u64, Message)> + '_ {
        self.course.iter().filter_map(|(at, thing)| match thing {
            Thing::Result(message) => Some((*at, *message)),
            _ => None,
        })
    }

    /// The same attempt before the `n`th thing happened.
    fn until(&self, n: usize) -> Life {
        Life {
            course: self.course[..n].to_vec(),
            ..self.clone()
        }
    }

    /// The worst ending that the device has reported; the first of equally bad ones.
    pub fn outcome(&self) -> Option<Status> {
        let endings = || {
            self.results()
                .filter_map(|(_, message)| message.status)
                .filter(|status| *status != Prepared)
        };
        let worst = endings().map(badness).max();
        endings().find(|ending| Some(badness(*ending)) == worst)
    }

    /// "A result matched to an `unpublished` attempt implies `sent`."
    pub fn sent_at(&self) -> Option<u64> {
        let sends = |(_, thing): &&(u64, Thing)| matches!(thing, Thing::Sent | Thing::Result(_));
        self.course.iter().find(sends).map(|(at, _)| *at)
    }

    pub fn foreign(&self) -> bool {
        self.course
            .iter()
            .any(|(_, thing)| matches!(thing, Thing::Foreign))
    }

    /// The broker denied it, and nothing has shown since that the device got it all the same.
    pub fn denied(&self, waits: &Waits) -> bool {
        let told = |(n, (at, thing)): (usize, &(u64, Thing))| match thing {
            Thing::Denied if open(self.until(n).state(*at, waits)) => Some(true),
            Thing::Result(_) => Some(false),
            _ => None,
        };
        self.course.iter().enumerate().filter_map(told).next_back() == Some(true)
    }

    /// "A subject whose last sent attempt has no ending reported by the device."
    pub fn may_still_act(&self, waits: &Waits) -> bool {
        self.sent_at().is_some() && self.outcome().is_none() && !self.denied(waits)
    }

    /// Whether and how we have ended it, and it stays so.
    fn ended_by_us(&self, waits: &Waits) -> Option<State> {
        let mut ended = None;
        for (n, (at, thing)) in self.course.iter().enumerate() {
            let before = || self.until(n).state(*at, waits);
            match thing {
                Thing::Cancelled if open(before()) => ended = Some(State::Cancelled),
                Thing::Denied if open(before()) => ended = Some(State::Refused),
                // One that the device has prepared was not lost.
                Thing::Lost if [State::Unpublished, State::Sent].contains(&before()) => {
                    ended = Some(State::Refused);
                }
                // "The first becomes `cancelled`."
                Thing::Superseded if open(before()) || self.until(n).may_still_act(waits) => {
                    ended = Some(State::Cancelled);
                }
                _ => {}
            }
        }
        ended
    }

    /// When it ends by itself: what it still waits for, after all that has happened up to `now`.
    pub fn deadline(&self, waits: &Waits) -> u64 {
        let Some(sent) = self.sent_at() else {
            return self.opened + waits.send;
        };
        let first = sent + waits.first;
        let prepared = self
            .results()
            .find(|(at, message)| message.status == Some(Prepared) && *at < first);
        prepared.map_or(first, |(at, _)| at + waits.last)
    }

    pub fn state(&self, now: u64, waits: &Waits) -> State {
        // Whatever comes at or after the send deadline comes too late to be sent.
        let published_by = self.opened + waits.send;
        let in_time =
            |(at, thing): &(u64, Thing)| *at < published_by && !matches!(thing, Thing::Foreign);
        if let Some(ended) = self.ended_by_us(waits) {
            return ended;
        }
        if now >= published_by && !self.course.iter().any(in_time) {
            return State::NotSent;
        }
        if let Some(outcome) = self.outcome() {
            return match outcome {
                Forbidden => State::Forbidden,
                PrepareFailed => State::PrepareFailed,
                Succeeded => State::Succeeded,
                RolledBack => State::RolledBack,
                RollbackFailed => State::RollbackFailed,
                Prepared => unreachable!("no ending"),
            };
        }
        let Some(sent) = self.sent_at() else {
            return State::Unpublished;
        };
        if now >= self.deadline(waits) {
            return State::TimedOut;
        }
        let prepared = |(at, message): (u64, Message)| {
            message.status == Some(Prepared) && at < sent + waits.first
        };
        if self.results().any(prepared) {
            State::Prepared
        } else {
            State::Sent
        }
    }

    /// Whether anything that this result says differs from what was asked for or expected.
    fn contradicted_by(&self, message: &Message) -> bool {
        let command = &self.command;
        let differ = |a: Option<u8>, b: Option<u8>| a.is_some() && b.is_some() && a != b;
        let wrong_target = differ(message.target_version, command.expected_version)
            || differ(message.target_commit, command.expected_commit);
        let wrong_final = differ(message.final_version, command.expected_version)
            || differ(message.final_commit, command.expected_commit)
            || differ(message.final_version, message.target_version)
            || differ(message.final_commit, message.target_commit);
        let wrong_source = message
            .source
            .is_some_and(|source| source != command.source);
        // What runs while an update is merely prepared is what ran before.
        wrong_source || wrong_target || wrong_final && message.status != Some(Prepared)
    }

    /// Only a success can be verified.
    fn confirmed_by(&self, message: &Message) -> bool {
        let same = |a: Option<u8>, b: Option<u8>| a.is_some() && a == b;
        message.status == Some(Succeeded)
            && (same(message.final_version, self.command.expected_version)
                || same(message.final_commit, self.command.expected_commit))
    }

    /// "It may go from unverified to verified or mismatched, and from verified to mismatched, never
    /// back": a success that was confirmed, beside a worse ending, is a mismatch.
    fn verification(&self) -> Option<Verification> {
        let outcome = self.outcome()?;
        // A result without status is information and no more.
        let any = |said: &dyn Fn(&Message) -> bool| {
            self.results()
                .any(|(_, message)| message.status.is_some() && said(&message))
        };
        let confirmed = any(&|message| self.confirmed_by(message));
        Some(
            if any(&|message| self.contradicted_by(message)) || confirmed && outcome != Succeeded {
                Verification::Mismatched
            } else if confirmed {
                Verification::Verified
            } else {
                Verification::Unverified
            },
        )
    }

    /// "A final status without `prepared` is accepted, phase 1 marked as inferred." 1 and 3 are
    /// themselves reports of phase 1.
    fn phase1(&self, waits: &Waits) -> Option<Phase1> {
        let prepared = |n: &usize| self.says(*n, Prepared);
        if let Some(outcome) = self.outcome() {
            let decided = (0..self.course.len()).find(|n| self.says(*n, outcome))?;
            let known = [Forbidden, PrepareFailed].contains(&outcome);
            return Some(if known || (0..decided).any(|n| prepared(&n)) {
                Phase1::Reported
            } else {
                Phase1::Inferred
            });
        }
        // "`prepared` moves `sent` to `prepared`; anywhere else it is recorded."
        let waiting = [State::Unpublished, State::Sent];
        let moves = |n: &usize| waiting.contains(&self.until(*n).state(self.course[*n].0, waits));
        let moved = (0..self.course.len()).filter(prepared).any(|n| moves(&n));
        moved.then_some(Phase1::Reported)
    }

    /// Whether the `n`th thing is a result with this status.
    fn says(&self, n: usize, status: Status) -> bool {
        matches!(self.course[n].1, Thing::Result(message) if message.status == Some(status))
    }

    /// When its state became what it is, if that is an ending.
    pub fn ended_at(&self, now: u64, waits: &Waits) -> Option<u64> {
        let mut moments: Vec<u64> = self.course.iter().map(|(at, _)| *at).collect();
        for n in 0..=self.course.len() {
            moments.push(self.until(n).deadline(waits));
        }
        moments.retain(|at| *at <= now);
        moments.sort_unstable();
        let then = |moment: u64| {
            let came = self.course.iter().filter(|(at, _)| *at <= moment);
            self.until(came.count()).state(moment, waits)
        };
        let state = self.state(now, waits);
        let before = moments.iter().rposition(|at| then(*at) != state);
        let became = moments.get(before.map_or(0, |before| before + 1));
        became.copied().filter(|_| !open(state))
    }

    pub fn picture(&self, now: u64, waits: &Waits) -> Picture {
        Picture {
            state: self.state(now, waits),
            outcome: self.outcome(),
            verification: self.verification(),
            phase1: self.phase1(waits),
        }
    }

    /// The alerts of §7 when `message` becomes one of its results.
    pub fn alerts(&self, message: &Message, now: u64, waits: &Waits) -> Vec<AlertCode> {
        let mut after = self.clone();
        after.course.push((now, Thing::Result(*message)));
        let (before, after) = (self.picture(now, waits), after.picture(now, waits));
        let mut alerts = Vec::new();
        if let (Some(had), Some(said)) = (before.outcome, message.status)
            && said != Prepared
        {
            if badness(said) > badness(had) {
                alerts.push(AlertCode::OutcomeWorsened);
            } else if said != had {
                alerts.push(AlertCode::OutcomeDiffers);
            }
        }
        let failed = [Some(Forbidden), Some(PrepareFailed)].contains(&message.status);
        let prepared = self
            .results()
            .any(|(_, other)| other.status == Some(Prepared));
        if prepared && failed && before.outcome.is_none() {
            alerts.push(AlertCode::PreparedThenFailed);
        }
        // It went on: anything but "forbidden" and mere information, unless it said so before.
        let again = match message.status {
            Some(Prepared) => {
                let acted = ![None, Some(Forbidden)].contains(&before.outcome);
                let prepared = |(_, other): (u64, Message)| other.status == Some(Prepared);
                acted || self.results().any(prepared)
            }
            status => status == before.outcome,
        };
        if message.status.is_some_and(|status| status != Forbidden) && !again {
            match before.state {
                State::Cancelled => alerts.push(AlertCode::ActedAfterCancel),
                State::NotSent | State::Refused => alerts.push(AlertCode::ActedThoughUnsent),
                _ => {}
            }
        }
        let mismatched = |picture: Picture| picture.verification == Some(Verification::Mismatched);
        if mismatched(after) && !mismatched(before) {
            alerts.push(AlertCode::VerificationMismatched);
        }
        let other = |a: Option<u8>, b: Option<u8>| a.is_some() && b.is_some() && a != b;
        if message.status == Some(Prepared)
            && (other(message.target_version, self.command.expected_version)
                || other(message.target_commit, self.command.expected_commit))
        {
            alerts.push(AlertCode::TargetDiffers);
        }
        alerts
    }

    /// Rule 4: "sent attempts that have no ending reported by the device, whether open, `timed_out`
    /// or `cancelled`".
    pub fn candidate(&self, now: u64, waits: &Waits) -> bool {
        let state = self.state(now, waits);
        self.sent_at().is_some()
            && self.outcome().is_none()
            && (open(state) || [State::TimedOut, State::Cancelled].contains(&state))
    }

    /// Rule 4, several: "the only one whose expected version or commit matches".
    pub fn expected_in(&self, message: &Message) -> bool {
        let same = |a: Option<u8>, b: Option<u8>| a.is_some() && a == b;
        let Command {
            expected_version: version,
            expected_commit: commit,
            ..
        } = self.command;
        // What runs now tells of the update only where it has succeeded; else it is what ran before.
        let new = [Some(Succeeded), None].contains(&message.status);
        new && (same(message.final_version, version) || same(message.final_commit, commit))
            || same(message.target_version, version)
            || same(message.target_commit, commit)
    }
}
