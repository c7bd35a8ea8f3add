//! What happens at the operators: the real tracker is told everything, and the referee as well.

use wudun_ota::message::CommandInput;
use wudun_ota::upgrade::{
    AlertCode, Change, Expected, Ingested, Open, RefusalReason, State, Tracker,
};
use wudun_ota::{Input, Message};

use super::device::IMAGES;
use super::network::{Client, Packet};
use super::operator::{Fate, Outgoing, Upgrade};
use super::referee::{Opening, Referee, Rule, Verdict};
use super::said::{Commanded, Said};
use super::world::{Event, World};

impl World {
    pub fn act(&mut self, place: usize) {
        match self.random.below(100) {
            0..55 => self.wish(place),
            55..65 => self.cancel(place),
            65..72 => self.forget(place),
            72..84 => self.assign(place),
            84..94 => self.retry(place),
            _ => self.reload(place),
        }
    }

    /// A new upgrade of some device.
    fn wish(&mut self, place: usize) {
        let random = &mut self.random;
        let device = random.index(self.devices.len());
        let image @ (version, commit) = random.pick(&IMAGES);
        let mut expected = [None, None];
        let kind = random.below(8);
        if kind < 6 {
            let wrong = random.percent(5);
            let version = if wrong { "9.9.9" } else { version };
            let v = random.pick(&["", "", "v"]);
            expected[0] = Some(format!("{v}{version}"));
        }
        if kind > 4 && kind < 7 {
            let length = random.between(7, commit.len() as u64) as usize;
            let short = &commit[..length];
            let upper = random.percent(50);
            expected[1] = Some(if upper {
                short.to_uppercase()
            } else {
                short.to_owned()
            });
        }
        let trace = match random.below(5) {
            0 | 1 => None,
            2 => Some("rollout-7".to_owned()),
            _ => Some(format!("trace {}", random.below(1_000_000))),
        };
        let upgrade = Upgrade {
            mid: random.mid(),
            device,
            sub_device: random.pick(&[None, None, None, None, Some("meter-1")]),
            source: random.pick(&["ems_II", "ems_II", "ems_II", "ems_I"]),
            image,
            expected,
            trace,
            timestamp: 0,
            forgotten: false,
        };
        self.open(place, upgrade);
    }

    /// The same once more, as operators do when nothing seems to happen.
    fn retry(&mut self, place: usize) {
        let Some(last) = self.operators[place].upgrades.last() else {
            return self.wish(place);
        };
        let upgrade = Upgrade {
            forgotten: false,
            ..last.clone()
        };
        let mid = self.random.mid();
        self.open(place, Upgrade { mid, ..upgrade });
    }

    fn open(&mut self, place: usize, upgrade: Upgrade) {
        let now = self.operators[place].clock_at(self.now);
        let upgrade = Upgrade {
            timestamp: now,
            ..upgrade
        };
        let device = &self.devices[upgrade.device];
        let topic = device.command_topic.clone();
        let input = CommandInput {
            mid: upgrade.mid.clone(),
            timestamp: now as f64,
            device: device.uid.clone(),
            sub_device: upgrade.sub_device.map(str::to_owned),
            source: upgrade.source.to_owned(),
            download_url: format!("https://fw.example/{}.bin", upgrade.image.0),
            md5: "0123456789abcdef0123456789ABCDEF".to_owned(),
            trace_id: upgrade.trace.clone(),
        };
        let (command, _) = input.build().expect("a valid command");
        let payload = Message::Command(command).encode();
        let patient = self.random.percent(35);
        let mut supersede = self.random.percent(15);
        loop {
            let refusal = self.try_open(place, &upgrade, (&topic, &payload), supersede, now);
            match refusal {
                None => break,
                Some(code) if supersede || patient || code == "mid-in-use" => return,
                Some(_) => supersede = true,
            }
        }
        self.traces
            .insert(upgrade.mid.clone(), upgrade.trace.clone());
        let key = self.key();
        let operator = &mut self.operators[place];
        operator.outgoing.push(Outgoing {
            mid: upgrade.mid.clone(),
            topic,
            payload: payload.into_bytes(),
            key,
            in_flight: false,
            losses: 0,
        });
        let mid = upgrade.mid.clone();
        operator.upgrades.push(upgrade);
        self.tally.attempts += 1;
        self.settle(place);
        let wait = if self.random.percent(80) {
            0
        } else {
            self.random.between(1, 60_000)
        };
        self.after(wait, Event::Send(place, mid));
    }

    /// Gives the code of the refusal.
    fn try_open(
        &mut self,
        place: usize,
        upgrade: &Upgrade,
        (topic, payload): (&str, &str),
        supersede: bool,
        now: u64,
    ) -> Option<&'static str> {
        let address = self.devices[upgrade.device].address.clone();
        let operator = &mut self.operators[place];
        let [version, commit] = upgrade.expected.clone();
        let open = Open {
            topic,
            command: Input::bytes(payload.as_bytes()),
            expected: Expected { version, commit },
            supersede,
        };
        let got = operator
            .tracker
            .open(open, now)
            .map_err(|error| error.code().as_str());
        let opening = Opening {
            mid: upgrade.mid.clone(),
            address,
            sub_device: upgrade.sub_device.map(str::to_owned),
            source: upgrade.source.to_owned(),
            trace: upgrade.trace.clone(),
            expected: upgrade.expected.clone(),
            timestamp: now,
        };
        let want = operator.referee.open(opening, supersede, now);
        let elapsed = self.elapsed();
        self.trace.add(format_args!(
            "{elapsed} operator {place} opens {payload}: {got:?}"
        ));
        if got.as_deref().err() != want.as_ref().err() {
            self.fail(format!("open gives {got:?}, and should {want:?}"));
        }
        want.err()
    }

    /// Hands a command to the connection, if there is one.
    pub fn send(&mut self, place: usize, mid: &str) {
        let client = Client::Operator(place);
        if !self.broker.is_online(client) {
            return;
        }
        let now = self.operators[place].clock_at(self.now);
        // What has ended in the meantime is not sent.
        self.expire(place, now);
        let operator = &mut self.operators[place];
        let deadlines = operator.deadlines;
        let Some(outgoing) = operator
            .outgoing
            .iter_mut()
            .find(|outgoing| outgoing.mid == mid)
        else {
            return;
        };
        if outgoing.in_flight {
            return;
        }
        outgoing.in_flight = true;
        let packet = Packet {
            topic: outgoing.topic.clone(),
            payload: outgoing.payload.clone(),
            retain: false,
            key: outgoing.key,
            report: None,
            expires: operator
                .expiry
                .then_some(self.now + deadlines.first_result_ms),
        };
        let got = operator.tracker.sent(mid, now);
        operator.referee.sent(mid, now);
        self.changed(place, mid, "sent", got);
        self.publish(client, packet);
        if self.operators[place].watches {
            self.after(15_000, Event::NoEcho(place, mid.to_owned()));
        }
        self.settle(place);
    }

    /// After a reconnection: the same packets again.
    pub fn send_all(&mut self, place: usize) {
        let mids = self.operators[place]
            .outgoing
            .iter()
            .map(|outgoing| outgoing.mid.clone());
        for mid in mids.collect::<Vec<_>>() {
            self.send(place, &mid);
        }
    }

    pub fn connection_lost(&mut self, place: usize) {
        let now = self.operators[place].clock_at(self.now);
        let mut given_up = Vec::new();
        self.operators[place].outgoing.retain_mut(|outgoing| {
            outgoing.losses += u8::from(outgoing.in_flight);
            outgoing.in_flight = false;
            if outgoing.losses == 2 {
                given_up.push(outgoing.mid.clone());
            }
            outgoing.losses < 2
        });
        for mid in given_up {
            let operator = &mut self.operators[place];
            let got = operator
                .tracker
                .refused(&mid, RefusalReason::ConnectionLost, now);
            operator.referee.refused(&mid, false, now);
            self.changed(place, &mid, "given up", got);
        }
        self.settle(place);
    }

    pub fn command_acknowledged(&mut self, place: usize, key: u64, code: u8) {
        let now = self.operators[place].clock_at(self.now);
        let operator = &mut self.operators[place];
        let Some(at) = operator
            .outgoing
            .iter()
            .position(|outgoing| outgoing.key == key)
        else {
            return;
        };
        let mid = operator.outgoing.remove(at).mid;
        let got = operator.tracker.acknowledged(&mid, code, now);
        if code < 0x80 {
            operator.referee.sent(&mid, now);
        } else {
            operator.referee.refused(&mid, true, now);
        }
        self.changed(place, &mid, "acknowledged", got);
        self.settle(place);
    }

    pub fn no_echo(&mut self, place: usize, mid: &str) {
        let now = self.operators[place].clock_at(self.now);
        let operator = &mut self.operators[place];
        if operator.referee.case(mid).is_none() {
            return;
        }
        let got = operator.tracker.no_echo(mid, now);
        operator.referee.tick(now);
        self.changed(place, mid, "has no echo", got);
        self.settle(place);
    }

    fn pick_upgrade(&mut self, place: usize) -> Option<String> {
        let upgrades = &self.operators[place].upgrades;
        let known: Vec<&str> = upgrades
            .iter()
            .filter(|upgrade| !upgrade.forgotten)
            .map(|upgrade| upgrade.mid.as_str())
            .collect();
        if known.is_empty() {
            return None;
        }
        Some(known[self.random.index(known.len())].to_owned())
    }

    fn cancel(&mut self, place: usize) {
        let Some(mid) = self.pick_upgrade(place) else {
            return;
        };
        let now = self.operators[place].clock_at(self.now);
        let operator = &mut self.operators[place];
        let got = operator.tracker.cancel(&mid, now);
        operator.referee.cancel(&mid, now);
        self.changed(place, &mid, "cancelled", got);
        self.settle(place);
    }

    fn forget(&mut self, place: usize) {
        let Some(mid) = self.pick_upgrade(place) else {
            return;
        };
        let operator = &mut self.operators[place];
        let got = operator.tracker.forget(&mid).is_ok();
        operator.referee.forget(&mid);
        let want = operator.referee.case(&mid).is_none();
        for upgrade in operator
            .upgrades
            .iter_mut()
            .filter(|upgrade| upgrade.mid == mid)
        {
            upgrade.forgotten = want;
        }
        let elapsed = self.elapsed();
        self.trace.add(format_args!(
            "{elapsed} operator {place} forgets {mid}: {got}"
        ));
        if got != want {
            self.fail(format!("forget gives {got}, and should {want}"));
        }
        self.tally.forgotten += u64::from(want);
    }

    /// The operator has looked at the device, and mostly knows whose a result is.
    fn assign(&mut self, place: usize) {
        let operator = &self.operators[place];
        let Some(&(result_id, report)) = operator.assignable.last() else {
            return;
        };
        let cause = self.reports[report].cause.clone();
        let own = |mid: &String| operator.upgrades.iter().any(|upgrade| upgrade.mid == *mid);
        let own = cause.filter(own);
        let elsewhere = operator
            .upgrades
            .iter()
            .find(|upgrade| upgrade.device != self.reports[report].device);
        let elsewhere = elsewhere.map(|upgrade| upgrade.mid.clone());
        let mid = if self.random.percent(85) {
            own
        } else {
            elsewhere
        };
        let Some(mid) = mid else { return };
        let elapsed = self.elapsed();
        let now = self.operators[place].clock_at(self.now);
        let operator = &mut self.operators[place];
        let got = operator.tracker.assign(result_id, &mid, now);
        let want = operator.referee.assign(result_id, &mid, now);
        match (got, want) {
            (Ok(got), Ok(want)) => {
                operator.assignable.retain(|(id, _)| *id != result_id);
                let fate = fate_of(report, &want, 0, &operator.referee, Some(&mid));
                operator.fates.push(fate);
                self.judge_answer(place, &got, &want);
            }
            (Err(got), Err(want)) if got.code().as_str() == want => {
                self.trace.add(format_args!(
                    "{elapsed} operator {place} may not assign: {want}"
                ));
            }
            (got, want) => {
                let got = got.map_err(|error| error.code());
                self.fail(format!("assign gives {got:?}, and should {want:?}"));
            }
        }
        self.settle(place);
    }

    /// The page is loaded again: the tracker comes from its saved state.
    fn reload(&mut self, place: usize) {
        let now = self.operators[place].clock_at(self.now);
        let operator = &mut self.operators[place];
        let saved = operator.tracker.save();
        match Tracker::restore(&saved, operator.deadlines, now) {
            Ok(restored) => operator.tracker = restored,
            Err(error) => self.fail(format!("restore refuses: {error:?}")),
        }
        self.operators[place].referee.tick(now);
        self.settle(place);
    }

    pub fn tick(&mut self, place: usize) {
        if self.operators[place].tick_at != Some(self.now) {
            return;
        }
        self.operators[place].tick_at = None;
        let now = self.operators[place].clock_at(self.now);
        self.expire(place, now);
        self.settle(place);
    }

    fn expire(&mut self, place: usize, now: u64) {
        let operator = &mut self.operators[place];
        let expired = operator.tracker.tick(now);
        operator.referee.tick(now);
        let elapsed = self.elapsed();
        for change in expired {
            // Something may have happened to it since.
            let Change {
                attempt_id, after, ..
            } = change;
            self.trace.add(format_args!(
                "{elapsed} operator {place}: {attempt_id} has expired: {after:?}"
            ));
            if !matches!(after.state, State::TimedOut | State::NotSent) {
                self.fail(format!("{attempt_id} has expired, and is {after:?}"));
            }
        }
        self.take_out(place);
    }

    /// "On expiry, cancellation or supersession the packet is taken out of the outgoing store" (§8).
    fn take_out(&mut self, place: usize) {
        let operator = &mut self.operators[place];
        let referee = &operator.referee;
        operator.outgoing.retain(|outgoing| {
            let case = referee.case(&outgoing.mid);
            !case.is_none_or(|case| {
                matches!(
                    case.state,
                    State::Cancelled | State::TimedOut | State::NotSent | State::Refused
                )
            })
        });
    }

    pub fn operator_hears(&mut self, place: usize, packet: &Packet, retained: bool) {
        let now = self.operators[place].clock_at(self.now);
        let device = self.devices.iter().find(|device| {
            device.command_topic == packet.topic || device.result_topic == packet.topic
        });
        let Some(device) = device else { return };
        let operator = &mut self.operators[place];
        let payload = Input::bytes(&packet.payload);
        let got = operator
            .tracker
            .ingest(&packet.topic, payload, now, retained);
        let address = &device.address;
        let want = if packet.topic == device.command_topic {
            let commanded = Commanded::read(&packet.payload, &device.uid);
            operator.referee.command(address, commanded, retained, now)
        } else {
            let said = Said::read(&packet.payload, &device.uid);
            let timestamp = said.as_ref().map_or(0, |said| said.timestamp);
            let at = (packet.topic.as_str(), address.as_str());
            let want = operator
                .referee
                .result(at, &packet.payload, said.clone(), retained, now);
            let assignable =
                want.rule == Rule::Suspect || want.rule == Rule::Ambiguous && !retained;
            if let (true, Some(id), Some(said)) = (assignable, got.result_id, &said) {
                operator.referee.number(address, id, said);
                if let Some(report) = packet.report {
                    operator.assignable.push((id, report));
                }
            }
            if let Some(report) = packet.report {
                operator.fates.push(fate_of(
                    report,
                    &want,
                    timestamp,
                    &operator.referee,
                    self.reports[report].cause.as_deref(),
                ));
            }
            want
        };
        self.tally.deliveries += 1;
        let elapsed = self.elapsed();
        let text = String::from_utf8_lossy(&packet.payload);
        self.trace.add(format_args!(
            "{elapsed} operator {place} hears {} {retained} {text}",
            packet.topic
        ));
        self.judge_answer(place, &got, &want);
        if let Some(report) = packet.report {
            self.judge_cause(place, &got, report);
        }
        self.settle(place);
    }

    /// What the tracker answers is what the referee says.
    fn judge_answer(&mut self, place: usize, got: &Ingested, want: &Verdict) {
        let sorted = |mut codes: Vec<AlertCode>| {
            codes.sort();
            codes
        };
        let alerts = sorted(got.alerts.iter().map(|alert| alert.code).collect());
        let elapsed = self.elapsed();
        self.trace.add(format_args!(
            "{elapsed} operator {place}: {:?} by {:?} on {:?}, alerts {alerts:?}, now {:?}",
            got.disposition, got.matched_by, got.attempt_ids, got.after
        ));
        *self
            .tally
            .dispositions
            .entry(got.disposition.into())
            .or_default() += 1;
        if let Some(by) = got.matched_by {
            *self.tally.matches.entry(by.into()).or_default() += 1;
        }
        let same = got.disposition == want.disposition
            && got.matched_by == want.by
            && got.attempt_ids == want.on
            && alerts == sorted(want.alerts.clone());
        if !same {
            return self.fail(format!(
                "{:?} by {:?} on {:?} with {alerts:?}, and should be {want:?}",
                got.disposition, got.matched_by, got.attempt_ids
            ));
        }
        if let (Some(after), [mid]) = (got.after, want.on.as_slice()) {
            self.judge_snapshot(place, mid, after);
        }
    }

    fn changed(
        &mut self,
        place: usize,
        mid: &str,
        what: &str,
        got: Result<Change, wudun_ota::Error>,
    ) {
        let elapsed = self.elapsed();
        let known = self.operators[place].referee.case(mid).is_some();
        match got {
            Ok(change) => {
                self.trace.add(format_args!(
                    "{elapsed} operator {place}: {mid} {what}, now {:?}",
                    change.after
                ));
                self.judge_snapshot(place, mid, change.after);
            }
            Err(_) if !known => {}
            Err(error) => self.fail(format!("{mid} {what}: {error:?}")),
        }
    }

    /// After every call: the counts agree, and the next deadline is waited for.
    fn settle(&mut self, place: usize) {
        self.take_out(place);
        self.judge_counts(place);
        let operator = &mut self.operators[place];
        let Some(deadline) = operator.tracker.next_deadline() else {
            return;
        };
        let wait = deadline.saturating_sub(operator.clock_at(self.now)).max(1);
        let late = if self.random.percent(20) {
            self.random.below(5_000)
        } else {
            0
        };
        let at = self.now + wait + late;
        if operator.tick_at.is_none_or(|earlier| at < earlier) {
            operator.tick_at = Some(at);
            self.after(wait + late, Event::Tick(place));
        }
    }
}

fn fate_of(
    report: usize,
    verdict: &Verdict,
    timestamp: u64,
    referee: &Referee,
    cause: Option<&str>,
) -> Fate {
    Fate {
        report,
        asked: cause.and_then(|mid| Some(referee.case(mid)?.state)),
        rule: verdict.rule,
        by: verdict.by,
        on: verdict.on.clone(),
        timestamp,
        now: referee.now,
    }
}
