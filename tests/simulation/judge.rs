//! What the tracker believes against what is true, and by which rule of §7 they differ.

use wudun_ota::Status;
use wudun_ota::upgrade::{
    Disposition, Ingested, MatchedBy, PageQuery, Phase1, Snapshot, State, Verification,
};

use super::operator::{Fate, Operator, Upgrade};
use super::referee::{Case, Rule, agreeing, as_bad, ended, worse};
use super::world::World;

/// Why something is false or missing; `None`: nothing explains it.
type Explained = Option<&'static str>;

const TOLERANCE_MS: u64 = 600_000;

impl World {
    /// The referee has the same attempt in the same state.
    pub fn judge_snapshot(&mut self, place: usize, mid: &str, got: Snapshot) {
        let Some(case) = self.operators[place].referee.case(mid) else {
            return;
        };
        let outcome = case.outcome.and_then(Status::from_code);
        if (got.state, got.outcome, got.verification) != (case.state, outcome, case.verification())
        {
            let why = format!("{mid} is {got:?}, and should be {case:?}");
            return self.fail(why);
        }
        // A final status without `prepared` marks phase 1 as inferred; nothing but a report makes it reported.
        let inferred = matches!(
            got.outcome,
            Some(Status::Succeeded | Status::RolledBack | Status::RollbackFailed)
        ) && case.prepared_at().is_none();
        let phase1 = if inferred {
            Some(Phase1::Inferred)
        } else {
            got.phase1
        };
        if got.phase1 != phase1 {
            self.fail(format!(
                "phase 1 of {mid} is {:?}, and should be inferred",
                got.phase1
            ));
        }
    }

    pub fn judge_counts(&mut self, place: usize) {
        let operator = &self.operators[place];
        let counts = operator.tracker.counts();
        let cases = &operator.referee.cases;
        let of = |state: State| cases.iter().filter(|case| case.state == state).count();
        let succeeded = |verification| {
            let is = |case: &&Case| {
                case.state == State::Succeeded && case.verification() == Some(verification)
            };
            cases.iter().filter(is).count()
        };
        let same = State::ALL
            .iter()
            .all(|state| counts.by_state[state] == of(*state))
            && counts.total == cases.len()
            && counts.open == cases.iter().filter(|case| case.is_open()).count()
            && counts.verified == succeeded(Verification::Verified)
            && counts.mismatched == succeeded(Verification::Mismatched)
            && counts.unverified == succeeded(Verification::Unverified);
        if !same {
            let states: Vec<_> = cases.iter().map(|case| (&case.mid, case.state)).collect();
            let why = format!("the tracker counts {counts:?} of {states:?}");
            self.fail(why);
        }
    }

    /// Whatever §7 may say: what names a command is about that command, and nothing ever crosses from
    /// one device to another.
    pub fn judge_cause(&mut self, place: usize, got: &Ingested, report: usize) {
        if got.disposition != Disposition::Advanced {
            return;
        }
        let (Some(mid), Some(by)) = (&got.attempt_id, got.matched_by) else {
            return;
        };
        let report = &self.reports[report];
        let upgrade = self.operators[place]
            .upgrades
            .iter()
            .find(|upgrade| upgrade.mid == *mid);
        let Some(upgrade) = upgrade else { return };
        let trace = |mid: &String| self.traces.get(mid).cloned().flatten();
        let right = match (by, &report.cause) {
            (MatchedBy::Reply | MatchedBy::Mid, cause) => cause.as_ref() == Some(mid),
            // Trace ids may be shared: by a rollout, by retries, by another operator.
            (MatchedBy::TraceId, Some(cause)) => {
                trace(cause).is_some() && trace(cause) == trace(mid)
            }
            (MatchedBy::TraceId, None) => false,
            (MatchedBy::Subject | MatchedBy::Operator, _) => true,
        };
        if !right || upgrade.device != report.device {
            let why = format!("{mid} was advanced by {by:?} by what is not about it: {report:?}");
            self.fail(why);
        }
    }

    /// When everything is over.
    pub fn judge(&mut self) {
        for place in 0..self.operators.len() {
            self.judge_tracker(place);
            for at in 0..self.operators[place].upgrades.len() {
                if self.failure.is_some() {
                    return;
                }
                let upgrade = self.operators[place].upgrades[at].clone();
                if !upgrade.forgotten {
                    self.judge_upgrade(place, &upgrade);
                }
            }
        }
    }

    /// Everything is closed; pages, timelines and saved state tell the same.
    fn judge_tracker(&mut self, place: usize) {
        let operator = &self.operators[place];
        let tracker = &operator.tracker;
        let query = PageQuery {
            limit: usize::MAX,
            ..PageQuery::default()
        };
        let page = tracker.page(&query).expect("a first page");
        let mut failures = Vec::new();
        let mut snapshots = Vec::new();
        for attempt in page.attempts.iter().rev() {
            snapshots.push((attempt.id.clone(), attempt.snapshot));
            if attempt.open {
                failures.push(format!(
                    "{} is open for ever: {:?}",
                    attempt.id, attempt.snapshot
                ));
            }
            let whole = tracker.attempt(&attempt.id);
            let timeline = whole.map_or_else(Vec::new, |whole| whole.timeline);
            let last = timeline.last().map(|last| last.after);
            if last != Some(attempt.snapshot) || timeline.len() != attempt.entries {
                failures.push(format!("the timeline of {} ends elsewhere", attempt.id));
            }
        }
        let known = operator.referee.cases.iter().map(|case| &case.mid);
        if !snapshots.iter().map(|(mid, _)| mid).eq(known) {
            failures.push("the attempts are others".to_owned());
        }
        for (mid, snapshot) in snapshots {
            self.judge_snapshot(place, &mid, snapshot);
        }
        for failure in failures {
            self.fail(failure);
        }
    }

    fn judge_upgrade(&mut self, place: usize, upgrade: &Upgrade) {
        let operator = &self.operators[place];
        let Some(case) = operator.referee.case(&upgrade.mid) else {
            return;
        };
        let (state, outcome, verification) = (case.state, case.outcome, case.verification());
        self.tally.judged += 1;
        *self.tally.states.entry(name_of(state)).or_default() += 1;
        if verification == Some(Verification::Verified) {
            self.tally.verified += 1;
            if let Err(why) = self.truly_verified(operator, upgrade) {
                return self.fail(why);
            }
        }
        let mut found = Vec::new();
        let ours = self.reports.iter().enumerate();
        let endings: Vec<(usize, u8)> = ours
            .filter(|(_, report)| report.cause.as_ref() == Some(&upgrade.mid) && report.status != 2)
            .map(|(at, report)| (at, report.status))
            .collect();
        let truth = endings.iter().map(|(_, status)| *status).reduce(worse);
        let applied: Vec<&Fate> = operator
            .fates
            .iter()
            .filter(|fate| fate.rule == Rule::Applied && fate.on.contains(&upgrade.mid))
            .collect();
        let of_another: Option<&Fate> = applied.iter().copied().find(|fate| {
            let report = &self.reports[fate.report];
            report.cause.as_ref() != Some(&upgrade.mid) && Some(report.status) == outcome
        });
        if let Some(fate) = of_another {
            found.push(("an ending that another upgrade had", stranger_by(fate)));
        }
        if of_another.is_none() && !as_bad(outcome, truth) {
            // Every ending that should have counted has a reason not to.
            let missing = endings.iter().filter(|(_, status)| {
                outcome.is_none_or(|outcome| worse(outcome, *status) != outcome)
            });
            let mut reasons = missing.map(|(at, _)| explain(operator, case, upgrade, *at));
            let what = match outcome {
                None => "no ending, though the device reported one",
                Some(_) => "a better ending than the device's worst",
            };
            let first = reasons.next().unwrap_or(None);
            let all = first.is_some() && reasons.all(|reason| reason.is_some());
            found.push((what, if all { first } else { None }));
        }
        let brought = self.installed.get(&upgrade.mid).map(String::as_str);
        if truth.is_none() && outcome.is_none() && brought.is_some() {
            let explained = !case.is_open() && case.sent.is_some();
            found.push((
                "no ending, though the device updated",
                explained.then_some("it never said so; deadlines, cancellation"),
            ));
        }
        if outcome == Some(4) && of_another.is_none() && brought != Some(upgrade.image.0) {
            let reinstalled = self.devices[upgrade.device].has_run(upgrade.image.0, 0)
                && verification != Some(Verification::Mismatched);
            if !reinstalled {
                found.push((
                    "success, though the device does not run the image",
                    match verification {
                        Some(Verification::Mismatched) => Some("verification: mismatched"),
                        Some(Verification::Unverified) => {
                            Some("verification: unverified, nothing to compare")
                        }
                        _ => None,
                    },
                ));
            }
        }
        if let Some(outcome) = outcome
            && state != ended(outcome)
        {
            found.push((
                "another state than the device's ending",
                match state {
                    State::Cancelled => Some("cancelled stays, and keeps the outcome beside it"),
                    State::Refused => Some("refused stays, and keeps the outcome beside it"),
                    State::NotSent => Some("not_sent stays, and keeps the outcome beside it"),
                    _ => None,
                },
            ));
        }
        self.tally.accurate += u64::from(found.is_empty());
        for (what, explained) in found {
            match explained {
                Some(rule) => self.tally.deviates(what, rule),
                None => {
                    let why = format!(
                        "{what}, and no rule explains it: {} is {state:?} with {outcome:?}, the device said {truth:?}",
                        upgrade.mid
                    );
                    self.fail(why);
                }
            }
        }
    }

    /// *Verified*: a device told of a success, ran at that moment what was expected, and the report was
    /// about this upgrade, or was at least made after it, as far as clocks can tell.
    fn truly_verified(&self, operator: &Operator, upgrade: &Upgrade) -> Result<(), String> {
        let truthful = |fate: &&Fate| {
            let report = &self.reports[fate.report];
            let runs = [Some(report.runs.clone()), commit_of(&report.runs)];
            let in_time = fate.by != Some(MatchedBy::Subject)
                || fate.timestamp + TOLERANCE_MS >= upgrade.timestamp
                    && fate.timestamp <= fate.now + TOLERANCE_MS;
            fate.on.contains(&upgrade.mid)
                && fate.rule == Rule::Applied
                && report.status == 4
                && report.device == upgrade.device
                && self.devices[report.device].has_run(&report.runs, report.at)
                && agreeing(&upgrade.expected, &runs)
                && in_time
        };
        if operator.fates.iter().any(|fate| truthful(&fate)) {
            return Ok(());
        }
        Err(format!("{} is verified, and is not true", upgrade.mid))
    }
}

/// Why a report that was made for an attempt has not become its outcome.
fn explain(operator: &Operator, case: &Case, upgrade: &Upgrade, report: usize) -> Explained {
    let fates: Vec<&Fate> = operator
        .fates
        .iter()
        .filter(|fate| fate.report == report)
        .collect();
    if fates.is_empty() {
        return Some("it never arrived: lost by the network, the broker or with a session");
    }
    let has = |rule: Rule| fates.iter().any(|fate| fate.rule == rule);
    let here = |fate: &&&Fate| fate.rule == Rule::Applied && fate.on.contains(&upgrade.mid);
    if fates.iter().any(|fate| here(&fate)) {
        return None;
    }
    let elsewhere = fates.iter().find(|fate| fate.rule == Rule::Applied);
    let unsolicited = fates.iter().find(|fate| fate.rule == Rule::Unsolicited);
    let no_candidate = unsolicited.is_some_and(|fate| {
        matches!(
            fate.asked,
            Some(State::Refused | State::NotSent | State::Unpublished)
        )
    });
    if let Some(fate) = elsewhere {
        stranger_by(fate)
            .map(|_| "rule 4: it went to another attempt, the only candidate or the one that fits")
    } else if has(Rule::Suspect) {
        Some("suspect: matched by rule 4, and its timestamp does not fit")
    } else if has(Rule::Ambiguous) {
        Some("rule 4: ambiguous, not assigned")
    } else if has(Rule::SubjectOff) {
        Some("rule 4 is off: another operator's command was seen")
    } else if has(Rule::Retained) {
        Some("a retained delivery never advances, unless rule 1 or 2 matched")
    } else if has(Rule::Invalid) {
        Some("a result with an error")
    } else if has(Rule::Early) {
        Some("first seen before the attempt was sent")
    } else if no_candidate {
        Some("rule 4: what counts as refused or not sent is no candidate")
    } else if unsolicited.is_some() && case.outcome.is_some() {
        Some("rule 4: an attempt with an ending is no candidate")
    } else {
        None
    }
}

/// Which rule gave an attempt a report about another.
fn stranger_by(fate: &Fate) -> Explained {
    match fate.by? {
        MatchedBy::Subject => Some("rule 4: the only candidate, or the only one that fits"),
        MatchedBy::TraceId => Some("rule 3: a trace id that several commands carry"),
        _ => None,
    }
}

fn commit_of(version: &str) -> Option<String> {
    let image = super::device::IMAGES
        .into_iter()
        .find(|(known, _)| *known == version);
    image.map(|(_, commit)| commit.to_owned())
}

fn name_of(state: State) -> &'static str {
    match state {
        State::Unpublished => "unpublished",
        State::Sent => "sent",
        State::Prepared => "prepared",
        State::Forbidden => "forbidden",
        State::PrepareFailed => "prepare_failed",
        State::Succeeded => "succeeded",
        State::RolledBack => "rolled_back",
        State::RollbackFailed => "rollback_failed",
        State::TimedOut => "timed_out",
        State::Cancelled => "cancelled",
        State::NotSent => "not_sent",
        State::Refused => "refused",
    }
}
