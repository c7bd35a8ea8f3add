use std::collections::BTreeMap;

use serde_json::Value;
use wudun_ota::upgrade::{Alert, Deadlines, Ingested, LogKind, Open, Snapshot, Tracker};
use wudun_ota::{Error, Input};

use crate::notation::{read, string, verdict};
use crate::steps::{File, Step, mid, with_mids};

/// A snapshot as the vectors write it.
fn short(snapshot: &Snapshot) -> String {
    let value = serde_json::to_value(snapshot).unwrap();
    let part = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let state = part("state").unwrap();
    let outcome = part("outcome")
        .filter(|outcome| *outcome != state)
        .map(|outcome| format!("outcome:{outcome}"));
    [Some(state), outcome, part("verification"), part("phase1")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn name<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

fn codes(alerts: &[Alert]) -> Vec<String> {
    let mut codes: Vec<String> = alerts.iter().map(|alert| name(alert.code)).collect();
    codes.sort();
    codes
}

fn sorted(codes: &[String]) -> Vec<String> {
    let mut codes = codes.to_vec();
    codes.sort();
    codes
}

/// What a step did.
#[derive(Default)]
struct Did {
    alerts: Vec<String>,
    /// What a tick gave.
    expired: Option<Vec<String>>,
    ingested: Option<Ingested>,
    error: Option<Error>,
}

struct Run<'a> {
    file: &'a File,
    deadlines: Deadlines,
    tracker: Tracker,
    /// How each attempt is expected to stand.
    standing: BTreeMap<u64, String>,
    /// Topic, payload and result id of named steps.
    named: BTreeMap<String, (String, String, Option<u64>)>,
    results: u64,
}

impl Run<'_> {
    fn act(&mut self, step: &Step) -> Did {
        let now = self.file.epoch + step.t;
        let changed = |change: Result<wudun_ota::upgrade::Change, Error>| match change {
            Ok(change) => Did {
                alerts: codes(&change.alerts),
                ..Did::default()
            },
            Err(error) => Did {
                error: Some(error),
                ..Did::default()
            },
        };
        if let Some(n) = step.open {
            let command = step.message(self.file, &self.file.command, mid(n));
            let open = Open {
                topic: &step.topic("command"),
                command: Input::bytes(command.as_bytes()),
                expected: step.expected.clone().unwrap_or_default(),
                supersede: step.supersede,
            };
            let opened = self.tracker.open(open, now);
            return Did {
                error: opened.err(),
                ..Did::default()
            };
        }
        if let Some(n) = step.sent {
            return changed(self.tracker.sent(&mid(n), now));
        }
        if let Some(n) = step.ack {
            return changed(self.tracker.acknowledged(&mid(n), step.code.unwrap(), now));
        }
        if let Some(n) = step.no_echo {
            return changed(self.tracker.no_echo(&mid(n), now));
        }
        if let Some(n) = step.refused {
            return changed(
                self.tracker
                    .refused(&mid(n), step.reason.clone().unwrap(), now),
            );
        }
        if let Some(n) = step.cancel {
            return changed(self.tracker.cancel(&mid(n), now));
        }
        if let Some(n) = step.forget {
            return Did {
                error: self.tracker.forget(&mid(n)).err(),
                ..Did::default()
            };
        }
        if let Some((result, n)) = &step.assign {
            let (_, _, id) = &self.named[result];
            return match self.tracker.assign(id.unwrap(), &mid(*n), now) {
                Ok(ingested) => Did {
                    alerts: codes(&ingested.alerts),
                    ingested: Some(ingested),
                    ..Did::default()
                },
                Err(error) => Did {
                    error: Some(error),
                    ..Did::default()
                },
            };
        }
        if step.tick == Some(true) {
            let changes = self.tracker.tick(now);
            return Did {
                alerts: changes
                    .iter()
                    .flat_map(|change| codes(&change.alerts))
                    .collect(),
                expired: Some(
                    changes
                        .into_iter()
                        .map(|change| change.attempt_id)
                        .collect(),
                ),
                ..Did::default()
            };
        }
        if step.restore == Some(true) {
            self.tracker = Tracker::restore(&self.tracker.save(), self.deadlines, now).unwrap();
            return Did::default();
        }
        self.deliver(step, now)
    }

    fn deliver(&mut self, step: &Step, now: u64) -> Did {
        self.results += 1;
        let (topic, payload) = if step.result.is_some() {
            (
                step.topic("result"),
                step.message(self.file, &self.file.result, mid(1000 + self.results)),
            )
        } else if let Some(n) = step.command {
            (
                step.topic("command"),
                step.message(self.file, &self.file.command, mid(n)),
            )
        } else if let Some(raw) = &step.raw {
            (step.topic("result"), string(&with_mids(raw)).unwrap())
        } else {
            let (topic, payload, _) = &self.named[step.repeat.as_ref().expect("an action")];
            let elsewhere = step.prefix.is_some() || step.device.is_some();
            (
                if elsewhere {
                    step.topic("result")
                } else {
                    topic.clone()
                },
                payload.clone(),
            )
        };
        let ingested =
            self.tracker
                .ingest(&topic, Input::bytes(payload.as_bytes()), now, step.retained);
        if let Some(name) = &step.name {
            self.named
                .insert(name.clone(), (topic, payload, ingested.result_id));
        }
        Did {
            alerts: codes(&ingested.alerts),
            ingested: Some(ingested),
            ..Did::default()
        }
    }

    fn check(&mut self, step: &Step, did: &Did) -> Result<(), String> {
        let differ = |what: &str, expected: String, found: String| {
            if expected == found {
                Ok(())
            } else {
                Err(format!("{what}: expected {expected}, found {found}"))
            }
        };
        let error = did.error.as_ref().map(|e| e.code().to_string());
        differ("error", format!("{:?}", step.error), format!("{error:?}"))?;
        differ(
            "alerts",
            format!("{:?}", sorted(&step.alerts)),
            format!("{:?}", did.alerts),
        )?;
        let ingested = did.ingested.as_ref();
        let gives = ingested.map(|i| name(i.disposition));
        differ(
            "disposition",
            format!("{:?}", step.gives),
            format!("{gives:?}"),
        )?;
        let by = ingested.and_then(|i| i.matched_by).map(name);
        differ("matchedBy", format!("{:?}", step.by), format!("{by:?}"))?;
        let attempt = ingested.and_then(|i| i.attempt_id.clone());
        differ(
            "attempt",
            format!("{:?}", step.attempt.map(mid)),
            format!("{attempt:?}"),
        )?;
        if let Some(on) = &step.on {
            let on: Vec<String> = on.iter().copied().map(mid).collect();
            differ(
                "recorded on",
                format!("{on:?}"),
                format!("{:?}", ingested.map_or(&Vec::new(), |i| &i.attempt_ids)),
            )?;
        }
        for (n, standing) in &step.is {
            match standing {
                Some(standing) => self.standing.insert(*n, standing.clone()),
                None => self.standing.remove(n),
            };
        }
        let mut found = BTreeMap::new();
        for n in 1..20 {
            if let Some(attempt) = self.tracker.attempt(&mid(n)) {
                found.insert(n, short(&attempt.row.snapshot));
            }
        }
        differ(
            "attempts",
            format!("{:?}", self.standing),
            format!("{found:?}"),
        )?;
        if let Some(deadline) = step.deadline {
            let next = self.tracker.next_deadline();
            differ(
                "deadline",
                format!("{:?}", deadline.map(|at| self.file.epoch + at)),
                format!("{next:?}"),
            )?;
        }
        for (n, kind) in step.timeline.iter().flatten() {
            let timeline = self.tracker.attempt(&mid(*n)).unwrap().timeline;
            differ(
                "timeline",
                kind.clone(),
                name(timeline.last().unwrap().kind),
            )?;
        }
        if let Some(expired) = &step.expired {
            let expired: Vec<String> = expired.iter().copied().map(mid).collect();
            differ(
                "expired",
                format!("{:?}", Some(expired)),
                format!("{:?}", did.expired),
            )?;
        }
        let counts = serde_json::to_value(self.tracker.counts()).unwrap();
        for (what, count) in step.counts.iter().flatten() {
            differ(
                &format!("count of {what}"),
                count.to_string(),
                counts[what].to_string(),
            )?;
        }
        for (kind, entries) in step.log.iter().flatten() {
            let kind: LogKind = serde_json::from_value(Value::from(kind.as_str())).unwrap();
            differ(
                "log",
                entries.to_string(),
                self.tracker.log(kind).entries.len().to_string(),
            )?;
        }
        Ok(())
    }
}

#[test]
fn transitions() {
    let file: File = read("transitions.json");
    let mut failures = Vec::new();
    for vector in &file.vectors {
        assert!(!vector.steps.is_empty(), "{} has no step", vector.name);
        let waits = vector.deadlines.unwrap_or(file.deadlines);
        let deadlines = Deadlines {
            send_ms: waits.send_timeout_ms,
            first_result_ms: waits.first_result_timeout_ms,
            final_result_ms: waits.final_result_timeout_ms,
        };
        let tracker = Tracker::new(deadlines);
        let (standing, named) = (BTreeMap::new(), BTreeMap::new());
        let mut run = Run {
            file: &file,
            deadlines,
            tracker,
            standing,
            named,
            results: 0,
        };
        for (i, step) in vector.steps.iter().enumerate() {
            let did = run.act(step);
            if let Err(why) = run.check(step, &did) {
                failures.push(format!("{}, step {}: {why}", vector.name, i + 1));
                break;
            }
        }
    }
    verdict("transitions.json", file.vectors.len(), &failures);
}
