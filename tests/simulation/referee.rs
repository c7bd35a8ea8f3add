//! §7 once more, written from docs/protocol.md as plainly as it can be: lists, no indices. It reads
//! every delivery for itself and says what becomes of it, and by which rule.

use std::collections::BTreeMap;

use wudun_ota::upgrade::{AlertCode, Deadlines, Disposition, MatchedBy, State, Verification};

use super::said::{Commanded, Said, What, is_uuid};

const TOLERANCE_MS: u64 = 600_000;
const REMEMBERED: usize = 16;

/// What decides over a result, in the words of §7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// It took effect.
    Applied,
    Duplicate,
    Invalid,
    Retained,
    Suspect,
    Early,
    Ambiguous,
    /// Rule 4 is off: another operator's command was seen.
    SubjectOff,
    /// No rule finds an attempt.
    Unsolicited,
    WrongSubject,
}

/// What should have become of a delivery.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub rule: Rule,
    pub disposition: Disposition,
    pub by: Option<MatchedBy>,
    /// Attempts that it is recorded on.
    pub on: Vec<String>,
    pub alerts: Vec<AlertCode>,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub mid: String,
    pub address: String,
    pub sub_device: Option<String>,
    pub source: String,
    pub trace: Option<String>,
    pub expected: What,
    pub timestamp: u64,
    pub state: State,
    /// The worst ending reported, by its code.
    pub outcome: Option<u8>,
    agrees: bool,
    differs: bool,
    opened: u64,
    pub sent: Option<u64>,
    prepared: Option<u64>,
    denied: bool,
    foreign: bool,
    /// The referee's count when it was first known to be sent.
    sent_count: Option<u64>,
}

#[derive(Clone, Debug)]
struct Heard {
    topic: String,
    payload: Vec<u8>,
    first: u64,
    used: bool,
}

#[derive(Clone, Debug)]
struct Held {
    address: String,
    said: Said,
    first: u64,
}

/// The referee's view of one operator's attempts.
#[derive(Clone, Debug)]
pub struct Referee {
    deadlines: Deadlines,
    /// The greatest time seen.
    pub now: u64,
    count: u64,
    pub cases: Vec<Case>,
    heard: BTreeMap<String, Vec<Heard>>,
    /// What may be assigned, by the tracker's number.
    held: BTreeMap<u64, Held>,
}

/// A new attempt.
pub struct Opening {
    pub mid: String,
    pub address: String,
    pub sub_device: Option<String>,
    pub source: String,
    pub trace: Option<String>,
    pub expected: What,
    pub timestamp: u64,
}

impl Case {
    pub fn is_open(&self) -> bool {
        matches!(
            self.state,
            State::Unpublished | State::Sent | State::Prepared
        )
    }

    /// There once the device has reported an ending. Nothing but a success is verified.
    pub fn verification(&self) -> Option<Verification> {
        let succeeded = self.outcome? == 4;
        Some(if self.differs || self.agrees && !succeeded {
            Verification::Mismatched
        } else if self.agrees {
            Verification::Verified
        } else {
            Verification::Unverified
        })
    }

    pub fn prepared_at(&self) -> Option<u64> {
        self.prepared
    }

    fn due(&self, deadlines: &Deadlines) -> Option<u64> {
        match self.state {
            State::Unpublished => Some(self.opened + deadlines.send_ms),
            State::Sent => Some(self.sent? + deadlines.first_result_ms),
            State::Prepared => Some(self.prepared? + deadlines.final_result_ms),
            _ => None,
        }
    }

    fn on(&self, address: &str, sub_device: Option<&str>) -> bool {
        self.address == address && self.sub_device.as_deref() == sub_device
    }

    fn without_ending(&self) -> bool {
        self.sent.is_some() && self.outcome.is_none()
    }

    fn handed_over(&mut self, now: u64, count: u64) {
        if self.sent.is_none() {
            self.sent = Some(now);
            self.sent_count = Some(count);
        }
        if self.state == State::Unpublished {
            self.state = State::Sent;
        }
    }

    /// A result that belongs here and is not held back.
    fn apply(&mut self, said: &Said, now: u64, count: u64) -> Vec<AlertCode> {
        let mut alerts = Vec::new();
        self.handed_over(now, count);
        self.denied = false;
        let Some(status) = said.status else {
            return alerts;
        };
        let mismatched_before = self.verification() == Some(Verification::Mismatched);
        let target_differs = differing(&self.expected, &said.target);
        let mut acted = false;
        if status == 2 {
            if target_differs {
                alerts.push(AlertCode::TargetDiffers);
            }
            acted = self.prepared.is_none() && matches!(self.outcome, None | Some(1));
            self.prepared = self.prepared.or(Some(now));
            if self.state == State::Sent {
                self.state = State::Prepared;
            }
        } else if let Some(known) = self
            .outcome
            .filter(|known| badness(*known) >= badness(status))
        {
            if known != status {
                alerts.push(AlertCode::OutcomeDiffers);
                acted = true;
            }
        } else {
            acted = true;
            if self.outcome.is_some() {
                alerts.push(AlertCode::OutcomeWorsened);
            } else if self.prepared.is_some() && (status == 1 || status == 3) {
                alerts.push(AlertCode::PreparedThenFailed);
            }
            self.outcome = Some(status);
            if !matches!(
                self.state,
                State::Cancelled | State::NotSent | State::Refused
            ) {
                self.state = ended(status);
            }
        }
        self.differs |= target_differs;
        self.differs |= said
            .source
            .as_ref()
            .is_some_and(|source| *source != self.source);
        if status != 2 {
            self.differs |=
                differing(&self.expected, &said.last) || differing(&said.target, &said.last);
            self.agrees |= status == 4 && agreeing(&self.expected, &said.last);
        }
        if !mismatched_before && self.verification() == Some(Verification::Mismatched) {
            alerts.push(AlertCode::VerificationMismatched);
        }
        if acted && status != 1 {
            match self.state {
                State::Cancelled => alerts.push(AlertCode::ActedAfterCancel),
                State::NotSent | State::Refused => alerts.push(AlertCode::ActedThoughUnsent),
                _ => {}
            }
        }
        alerts
    }
}

fn badness(status: u8) -> u8 {
    match status {
        4 => 0,
        1 | 3 => 1,
        5 => 2,
        _ => 3,
    }
}

pub fn ended(status: u8) -> State {
    match status {
        1 => State::Forbidden,
        3 => State::PrepareFailed,
        4 => State::Succeeded,
        5 => State::RolledBack,
        _ => State::RollbackFailed,
    }
}

/// Whether two endings are equally bad: of such, the first to arrive stands.
pub fn as_bad(one: Option<u8>, other: Option<u8>) -> bool {
    one.map(badness) == other.map(badness)
}

/// Of two endings, the one that stands.
pub fn worse(one: u8, other: u8) -> u8 {
    if badness(other) > badness(one) {
        other
    } else {
        one
    }
}

fn same([version_a, commit_a]: &What, [version_b, commit_b]: &What) -> [Option<bool>; 2] {
    let plain = |version: &String| {
        let rest = version.strip_prefix(['v', 'V']);
        rest.unwrap_or(version).to_owned()
    };
    let versions = version_a.as_ref().zip(version_b.as_ref());
    let commits = commit_a.as_ref().zip(commit_b.as_ref());
    [
        versions.map(|(a, b)| plain(a) == plain(b)),
        commits.map(|(a, b)| {
            let (a, b) = (a.to_lowercase(), b.to_lowercase());
            a.len().min(b.len()) >= 7 && (a.starts_with(&b) || b.starts_with(&a))
        }),
    ]
}

fn differing(a: &What, b: &What) -> bool {
    same(a, b).contains(&Some(false))
}

pub fn agreeing(a: &What, b: &What) -> bool {
    same(a, b).contains(&Some(true))
}

impl Referee {
    pub fn new(deadlines: Deadlines) -> Referee {
        Referee {
            deadlines,
            now: 0,
            count: 0,
            cases: Vec::new(),
            heard: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    pub fn case(&self, mid: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.mid == mid)
    }

    fn at(&mut self, mid: &str) -> Option<&mut Case> {
        self.cases.iter_mut().find(|case| case.mid == mid)
    }

    /// Time never runs backwards; what is due ends.
    pub fn tick(&mut self, now: u64) {
        self.now = self.now.max(now);
        for case in &mut self.cases {
            if case.due(&self.deadlines).is_some_and(|at| at <= self.now) {
                case.state = if case.state == State::Unpublished {
                    State::NotSent
                } else {
                    State::TimedOut
                };
            }
        }
    }

    /// `Err`: the code of the refusal. `Ok`: the attempts that it takes the place of.
    pub fn open(
        &mut self,
        opening: Opening,
        supersede: bool,
        now: u64,
    ) -> Result<Vec<String>, &'static str> {
        self.tick(now);
        if self.case(&opening.mid).is_some() {
            return Err("mid-in-use");
        }
        let subject = |case: &&Case| {
            case.on(&opening.address, opening.sub_device.as_deref())
                && case.source == opening.source
        };
        let open = self
            .cases
            .iter()
            .filter(subject)
            .find(|case| case.is_open());
        let last = self
            .cases
            .iter()
            .filter(subject)
            .filter(|case| !case.denied)
            .max_by_key(|case| case.sent_count)
            .filter(|case| case.without_ending());
        if !supersede {
            if open.is_some_and(|open| open.sent.is_none()) {
                return Err("subject-busy");
            }
            if open.or(last).is_some() {
                return Err("needs-supersede");
            }
        }
        let gone: Vec<String> = open
            .into_iter()
            .chain(last)
            .map(|case| case.mid.clone())
            .collect();
        for mid in &gone {
            if let Some(case) = self.at(mid) {
                case.state = State::Cancelled;
            }
        }
        let Opening {
            mid,
            address,
            sub_device,
            source,
            trace,
            expected,
            timestamp,
        } = opening;
        self.cases.push(Case {
            mid,
            address,
            sub_device,
            source,
            trace,
            expected,
            timestamp,
            state: State::Unpublished,
            outcome: None,
            agrees: false,
            differs: false,
            opened: self.now,
            sent: None,
            prepared: None,
            denied: false,
            foreign: false,
            sent_count: None,
        });
        Ok(gone)
    }

    /// Handed to a live connection, which an acknowledgement proves as well.
    pub fn sent(&mut self, mid: &str, now: u64) {
        self.tick(now);
        self.count += 1;
        let (now, count) = (self.now, self.count);
        if let Some(case) = self.at(mid) {
            case.handed_over(now, count);
        }
    }

    pub fn refused(&mut self, mid: &str, by_reason_code: bool, now: u64) {
        self.tick(now);
        if let Some(case) = self.at(mid)
            && case.is_open()
            && (by_reason_code || case.state != State::Prepared)
        {
            case.state = State::Refused;
            case.denied = by_reason_code;
        }
    }

    pub fn cancel(&mut self, mid: &str, now: u64) {
        self.tick(now);
        if let Some(case) = self.at(mid).filter(|case| case.is_open()) {
            case.state = State::Cancelled;
        }
    }

    pub fn forget(&mut self, mid: &str) {
        self.cases.retain(|case| case.mid != mid || case.is_open());
    }

    /// A delivery on the command topic.
    pub fn command(
        &mut self,
        address: &str,
        commanded: Option<Commanded>,
        retained: bool,
        now: u64,
    ) -> Verdict {
        self.tick(now);
        let Some(commanded) = commanded else {
            return verdict(Rule::Invalid, Disposition::Invalid, None);
        };
        self.count += 1;
        let (now, count) = (self.now, self.count);
        let mut answer;
        if let Some(own) = self
            .at(&commanded.mid)
            .filter(|case| case.address == address)
        {
            own.handed_over(now, count);
            answer = verdict(Rule::Applied, Disposition::Echo, None);
            answer.on.push(own.mid.clone());
        } else {
            answer = verdict(Rule::Applied, Disposition::ForeignCommand, None);
            let open = self.cases.iter_mut().find(|case| {
                case.is_open()
                    && case.on(address, commanded.sub_device.as_deref())
                    && case.source == commanded.source
            });
            if let Some(case) = open {
                case.foreign = true;
                answer.on.push(case.mid.clone());
                answer.alerts.push(AlertCode::ForeignCommand);
            }
        }
        if retained {
            answer.alerts.push(AlertCode::RetainedCommand);
        }
        answer
    }

    /// A delivery on the result topic; `said` is `None` when it breaks a rule.
    pub fn result(
        &mut self,
        (topic, address): (&str, &str),
        payload: &[u8],
        said: Option<Said>,
        retained: bool,
        now: u64,
    ) -> Verdict {
        self.tick(now);
        self.count += 1;
        let count = self.count;
        let heard = self.heard.entry(address.to_owned()).or_default();
        let known = heard
            .iter()
            .position(|heard| heard.topic == topic && heard.payload == payload);
        let again = known.is_some();
        let entry = known.map(|at| heard.remove(at)).unwrap_or(Heard {
            topic: topic.to_owned(),
            payload: payload.to_owned(),
            first: count,
            used: false,
        });
        let (first, used) = (entry.first, entry.used);
        heard.push(entry);
        if heard.len() > REMEMBERED {
            heard.remove(0);
        }
        if used {
            return verdict(Rule::Duplicate, Disposition::Duplicate, None);
        }
        let verdict = self.place(address, said.as_ref(), again.then_some(first), retained);
        let held = matches!(
            verdict.rule,
            Rule::Retained | Rule::Suspect | Rule::Ambiguous
        );
        let unplaced = matches!(verdict.rule, Rule::Unsolicited | Rule::SubjectOff) && retained;
        if !held && !unplaced {
            self.use_up(address, first);
        }
        // Unsolicited the second time, it can still be assigned.
        if matches!(verdict.rule, Rule::Applied | Rule::Early) {
            self.held.retain(|_, held| held.first != first);
        }
        verdict
    }

    fn use_up(&mut self, address: &str, first: u64) {
        for heard in self.heard.get_mut(address).into_iter().flatten() {
            heard.used |= heard.first == first;
        }
    }

    /// `again`: it has come before, and when it first did.
    fn place(
        &mut self,
        address: &str,
        said: Option<&Said>,
        again: Option<u64>,
        retained: bool,
    ) -> Verdict {
        let Some(said) = said else {
            let mut answer = verdict(Rule::Invalid, Disposition::Invalid, None);
            let here = self.cases.iter().filter(|case| case.address == address);
            answer.on = here.map(|case| case.mid.clone()).collect();
            if !answer.on.is_empty() {
                answer.alerts.push(AlertCode::InvalidResult);
            }
            return answer;
        };
        let (by, found) = match self.whose(address, said) {
            Ok(found) => found,
            Err(none) if retained && none.disposition == Disposition::Unsolicited => {
                return Verdict {
                    disposition: Disposition::Retained,
                    ..none
                };
            }
            Err(several) if retained && several.rule == Rule::Ambiguous => {
                return Verdict {
                    disposition: Disposition::Retained,
                    ..several
                };
            }
            Err(other) => return other,
        };
        let now = self.now;
        let case = &self.cases[found];
        let retained = retained && !matches!(by, MatchedBy::Reply | MatchedBy::Mid);
        let suspect = by == MatchedBy::Subject
            && (said.timestamp + TOLERANCE_MS < case.timestamp
                || said.timestamp > now + TOLERANCE_MS);
        let early = again.is_some_and(|first| case.sent_count.is_none_or(|sent| first < sent));
        let mut answer = if retained {
            verdict(Rule::Retained, Disposition::Retained, Some(by))
        } else if suspect {
            verdict(Rule::Suspect, Disposition::Suspect, Some(by))
        } else if early {
            verdict(Rule::Early, Disposition::Recorded, Some(by))
        } else {
            return self.applied(found, by, said);
        };
        answer.on.push(case.mid.clone());
        if suspect {
            answer.alerts.push(AlertCode::SuspectTime);
        }
        if early {
            answer.alerts.push(AlertCode::EarlyResult);
        }
        answer
    }

    fn applied(&mut self, found: usize, by: MatchedBy, said: &Said) -> Verdict {
        let (now, count) = (self.now, self.count);
        let case = &mut self.cases[found];
        let before = (case.state, case.outcome);
        let alerts = case.apply(said, now, count);
        let moved = said.status.is_some() && before != (case.state, case.outcome);
        let disposition = if moved {
            Disposition::Advanced
        } else {
            Disposition::Recorded
        };
        let mut answer = verdict(Rule::Applied, disposition, Some(by));
        answer.on.push(case.mid.clone());
        answer.alerts = alerts;
        answer
    }

    /// The five rules. `Err`: it belongs to no attempt, or to no one attempt.
    fn whose(&self, address: &str, said: &Said) -> Result<(MatchedBy, usize), Verdict> {
        let here = |case: &Case| case.on(address, said.sub_device.as_deref());
        let named = |mid: &str| {
            self.cases
                .iter()
                .position(|case| case.mid.eq_ignore_ascii_case(mid))
        };
        let unsolicited = || verdict(Rule::Unsolicited, Disposition::Unsolicited, None);
        let judge = |by, found: usize| {
            if here(&self.cases[found]) {
                return Ok((by, found));
            }
            let mut elsewhere = verdict(Rule::WrongSubject, Disposition::WrongSubject, Some(by));
            elsewhere.on.push(self.cases[found].mid.clone());
            elsewhere.alerts.push(AlertCode::WrongSubject);
            Err(elsewhere)
        };
        if let Some(reply) = said.reply.as_deref().filter(|reply| is_uuid(reply)) {
            return match named(reply) {
                Some(found) => judge(MatchedBy::Reply, found),
                None => Err(unsolicited()),
            };
        }
        if let Some(found) = named(&said.mid) {
            return judge(MatchedBy::Mid, found);
        }
        if let Some(trace) = &said.trace {
            let carries = |at: &usize| self.cases[*at].trace.as_ref() == Some(trace);
            let all: Vec<usize> = (0..self.cases.len()).filter(carries).collect();
            let mine: Vec<usize> = all
                .iter()
                .copied()
                .filter(|at| here(&self.cases[*at]))
                .collect();
            match (mine.as_slice(), all.as_slice()) {
                ([one], _) | ([], [one]) => return judge(MatchedBy::TraceId, *one),
                _ => {}
            }
        }
        let candidate = |at: &usize| {
            let case = &self.cases[*at];
            let waits = matches!(
                case.state,
                State::Sent | State::Prepared | State::TimedOut | State::Cancelled
            );
            let source = said
                .source
                .as_ref()
                .is_none_or(|source| *source == case.source);
            here(case) && source && waits && case.without_ending()
        };
        let candidates: Vec<usize> = (0..self.cases.len()).filter(candidate).collect();
        let fits = |at: &usize| {
            let expected = &self.cases[*at].expected;
            let new = said.status.is_none_or(|status| status == 4);
            agreeing(expected, &said.target) || new && agreeing(expected, &said.last)
        };
        let fitting: Vec<usize> = candidates.iter().copied().filter(fits).collect();
        match (candidates.as_slice(), fitting.as_slice()) {
            ([], _) => Err(unsolicited()),
            ([one], _) if self.cases[*one].foreign => Err(Verdict {
                rule: Rule::SubjectOff,
                ..unsolicited()
            }),
            ([one], _) => Ok((MatchedBy::Subject, *one)),
            (_, [one]) if !self.cases[*one].foreign => Ok((MatchedBy::Subject, *one)),
            (several, _) => {
                let mut answer = verdict(Rule::Ambiguous, Disposition::Ambiguous, None);
                answer.on = several
                    .iter()
                    .map(|at| self.cases[*at].mid.clone())
                    .collect();
                answer.alerts.push(AlertCode::Ambiguous);
                Err(answer)
            }
        }
    }

    /// The tracker has given a result that is held back this number.
    pub fn number(&mut self, address: &str, result_id: u64, said: &Said) {
        let heard = self.heard.get(address).and_then(|heard| heard.last());
        if let Some(heard) = heard {
            let held = Held {
                address: address.to_owned(),
                said: said.clone(),
                first: heard.first,
            };
            self.held.entry(result_id).or_insert(held);
        }
    }

    /// The operator assigns. `Err`: the code of the refusal.
    pub fn assign(&mut self, result_id: u64, mid: &str, now: u64) -> Result<Verdict, &'static str> {
        self.tick(now);
        let Some(found) = self.cases.iter().position(|case| case.mid == mid) else {
            return Err("attempt-unknown");
        };
        let Some(held) = self.held.get(&result_id).cloned() else {
            return Err("result-unknown");
        };
        let case = &self.cases[found];
        if !case.on(&held.address, held.said.sub_device.as_deref()) {
            return Err("result-elsewhere");
        }
        if case.sent_count.is_none_or(|sent| held.first < sent) {
            let mut answer = verdict(
                Rule::Early,
                Disposition::Recorded,
                Some(MatchedBy::Operator),
            );
            answer.on.push(mid.to_owned());
            answer.alerts.push(AlertCode::EarlyResult);
            return Ok(answer);
        }
        self.use_up(&held.address, held.first);
        self.held.remove(&result_id);
        Ok(self.applied(found, MatchedBy::Operator, &held.said))
    }
}

fn verdict(rule: Rule, disposition: Disposition, by: Option<MatchedBy>) -> Verdict {
    Verdict {
        rule,
        disposition,
        by,
        on: Vec::new(),
        alerts: Vec::new(),
    }
}
