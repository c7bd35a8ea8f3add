//! The tracker and the page side by side: told the same, they must say the same.

use wudun_ota::upgrade::{
    AlertCode, Change, Deadlines, Disposition, Ingested, Open, RefusalReason, Snapshot, State,
    Tracker,
};
use wudun_ota::{Error, Input};

use super::history::{Answer, World};
use super::page::{Picture, open};
use super::words::{Fact, Message, Waits, What, command_topic, mid, result_topic};

pub const T0: u64 = 1_800_000_000_000;
pub const WAITS: Waits = Waits {
    send: 30_000,
    first: 600_000,
    last: 3_600_000,
};

#[derive(Clone)]
pub struct Pair {
    pub tracker: Tracker,
    /// What the page says.
    pub world: World,
    pub history: Vec<Fact>,
    pub now: u64,
    /// The tracker's numbers of what was heard.
    results: Vec<(Message, u64)>,
}

/// What the tracker said, in the page's words.
fn heard(ingested: &Ingested) -> Answer {
    let codes = ingested.alerts.iter().map(|alert| alert.code);
    Answer {
        error: None,
        disposition: Some(ingested.disposition),
        matched_by: ingested.matched_by,
        on: ingested.attempt_ids.iter().map(|id| number(id)).collect(),
        before: ingested.before.as_ref().map(picture),
        after: ingested.after.as_ref().map(picture),
        alerts: codes.collect(),
    }
}

fn changed(change: Result<Change, Error>) -> Answer {
    match change {
        Err(error) => refused(&error),
        Ok(change) => Answer {
            before: Some(picture(&change.before)),
            after: Some(picture(&change.after)),
            alerts: change.alerts.iter().map(|alert| alert.code).collect(),
            ..Answer::default()
        },
    }
}

fn done<T>(done: Result<T, Error>) -> Answer {
    done.map_or_else(|error| refused(&error), |_| Answer::default())
}

fn refused(error: &Error) -> Answer {
    Answer {
        error: Some(error.code().as_str()),
        ..Answer::default()
    }
}

fn picture(snapshot: &Snapshot) -> Picture {
    Picture {
        state: snapshot.state,
        outcome: snapshot.outcome,
        verification: snapshot.verification,
        phase1: snapshot.phase1,
    }
}

fn number(id: &str) -> u32 {
    id.rsplit('-').next().unwrap().parse().unwrap()
}

impl Pair {
    pub fn new() -> Pair {
        Pair {
            tracker: Tracker::new(Deadlines {
                send_ms: WAITS.send,
                first_result_ms: WAITS.first,
                final_result_ms: WAITS.last,
            }),
            world: World::new(WAITS),
            history: Vec::new(),
            now: T0,
            results: Vec::new(),
        }
    }

    /// Both are told; what they say and how they then stand is compared.
    pub fn tell(&mut self, what: What) {
        let fact = Fact { at: self.now, what };
        let said = self.tell_tracker(what);
        self.world.tell(self.history.len(), fact);
        self.history.push(fact);
        self.compare_answers(&said);
        self.compare_totals();
    }

    pub fn wait(&mut self, ms: u64) {
        self.now += ms;
    }

    /// Whoever gives the time has set the clock back.
    pub fn set_back(&mut self, ms: u64) {
        self.now -= ms;
    }

    fn tell_tracker(&mut self, what: What) -> Answer {
        let (now, tracker) = (self.now, &mut self.tracker);
        match what {
            What::Open { command, supersede } => {
                let alerts = tracker.counts().alerts;
                let opened = tracker.open(
                    Open {
                        topic: &command_topic(command.place),
                        command: Input::bytes(command.json().as_bytes()),
                        expected: command.expected(),
                        supersede,
                    },
                    now,
                );
                // Those of the attempts in whose place it was opened.
                let raised = tracker.counts().alerts - alerts;
                Answer {
                    alerts: vec![AlertCode::Superseded; raised],
                    ..done(opened)
                }
            }
            What::Sent(id) => changed(tracker.sent(&mid(id), now)),
            What::Acknowledged(id, code) => changed(tracker.acknowledged(&mid(id), code, now)),
            What::Lost(id) => {
                changed(tracker.refused(&mid(id), RefusalReason::ConnectionLost, now))
            }
            What::Cancel(id) => changed(tracker.cancel(&mid(id), now)),
            What::Forget(id) => done(tracker.forget(&mid(id))),
            What::Assign(message, id) => {
                let known = self.results.iter().find(|(heard, _)| *heard == message);
                let result_id = known.map_or(u64::MAX, |(_, id)| *id);
                match tracker.assign(result_id, &mid(id), now) {
                    Ok(ingested) => heard(&ingested),
                    Err(error) => refused(&error),
                }
            }
            What::Hear { message, retained } => {
                let (topic, json) = (result_topic(message.place), message.json());
                let ingested = tracker.ingest(&topic, Input::bytes(json.as_bytes()), now, retained);
                if let Some(id) = ingested.result_id {
                    self.results.retain(|(heard, _)| *heard != message);
                    self.results.push((message, id));
                }
                heard(&ingested)
            }
            What::HearCommand { command, retained } => {
                let (topic, json) = (command_topic(command.place), command.json());
                let json = Input::bytes(json.as_bytes());
                heard(&tracker.ingest(&topic, json, now, retained))
            }
            What::Tick => {
                let expired = tracker.tick(now);
                Answer {
                    on: expired.iter().map(|one| number(&one.attempt_id)).collect(),
                    ..Answer::default()
                }
            }
        }
    }

    fn compare_answers(&self, said: &Answer) {
        let page = &self.world.answer;
        let told = || {
            format!(
                "\n{:#?}\nthe tracker says {said:?}\nthe page {page:?}",
                self.history
            )
        };
        assert_eq!(said.error, page.error, "{}", told());
        assert_eq!(said.disposition, page.disposition, "{}", told());
        assert_eq!(said.matched_by, page.matched_by, "{}", told());
        if page.before.is_some() {
            assert_eq!(
                (said.before, said.after),
                (page.before, page.after),
                "{}",
                told()
            );
        }
        // To which attempts a command is noted, the page leaves open.
        let command = [Some(Disposition::Echo), Some(Disposition::ForeignCommand)];
        if !command.contains(&said.disposition) {
            assert_eq!(sorted(&said.on), sorted(&page.on), "{}", told());
        }
        assert_eq!(sorted(&said.alerts), sorted(&page.alerts), "{}", told());
    }

    /// What the tracker says of all attempts together, which costs little.
    fn compare_totals(&self) {
        let pictures = self.world.pictures();
        let counts = self.tracker.counts();
        let number =
            |is: &dyn Fn(&Picture) -> bool| pictures.iter().filter(|(_, one)| is(one)).count();
        for state in State::ALL {
            let page = number(&|one| one.state == state);
            // What is due stands in the tracker until somebody asks with a clock; the last fact had one.
            assert_eq!(
                counts.by_state[&state], page,
                "{state:?} in\n{:#?}",
                self.history
            );
        }
        assert_eq!(
            counts.open,
            number(&|one| open(one.state)),
            "{:#?}",
            self.history
        );
        let next = self.world.next_deadline();
        assert_eq!(self.tracker.next_deadline(), next, "{:#?}", self.history);
    }

    /// Every attempt, with its timeline.
    pub fn compare_attempts(&self) {
        let world = &self.world;
        for (id, page) in world.pictures() {
            let view = self.tracker.attempt(&mid(id)).unwrap();
            let told = || format!("attempt {id} in\n{:#?}\n{:#?}", self.history, view.timeline);
            assert_eq!(picture(&view.row.snapshot), page, "{}", told());
            assert_eq!(view.row.open, open(page.state), "{}", told());
            let life = &world.lives[world.find(id).unwrap()];
            assert_eq!(view.row.sent_at, life.sent_at(), "{}", told());
            let ended_at = life.ended_at(world.now, &WAITS);
            assert_eq!(view.row.ended_at, ended_at, "{}", told());
            assert_eq!(view.row.foreign_command_seen, life.foreign(), "{}", told());
            let mut last = view.timeline.first().map(|entry| entry.before);
            for entry in &view.timeline {
                assert_eq!(Some(entry.before), last, "{}", told());
                last = Some(entry.after);
            }
            assert_eq!(last, Some(view.row.snapshot), "{}", told());
        }
    }
}

fn sorted<T: Ord + Copy>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}
