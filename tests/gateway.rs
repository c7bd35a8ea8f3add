//! What a gateway says about a command, and what it then runs: the whole table.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic; clippy knows only those functions that are tests themselves"
)]

use wudun_ota::gateway::{
    Behaviour, Correlation, Gateway, Image, Pauses, Publication, Step, Taken,
};
use wudun_ota::{Input, Message, Options, ResultMessage, Topic, decode};

const NOW: u64 = 1_800_000_000_000;
const TOPIC: &str = "site/gw-1/ota/upgrade/command";
const MID: &str = "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90";

fn command(url: &str) -> String {
    format!(
        r#"{{"mid":"{MID}","type":"ota_upgrade","device_uid":"gw-1","sub_device_uid":"meter","timestamp":{NOW},"data":{{"source":"ems_II","download_url":"{url}","md5_code":"0123456789abcdef0123456789abcdef"}},"trace_id":"trace"}}"#
    )
}

fn gateway(behaviour: Behaviour, correlation: Correlation) -> Gateway {
    let topic = Topic::parse(TOPIC).unwrap();
    let pauses = Pauses {
        step_ms: 10,
        later_ms: 700_000,
    };
    Gateway::new(topic, behaviour, correlation, 1).with_pauses(pauses)
}

fn take(gateway: &mut Gateway) -> Taken {
    let command = command("https://fw.example/ems.bin");
    gateway.take(TOPIC, command.as_bytes(), false)
}

/// All that it does until it has nothing to do; downloads succeed unless they are made to fail.
fn run(gateway: &mut Gateway) -> (Vec<Publication>, u64) {
    let (mut said, mut waited) = (Vec::new(), 0);
    while let Some(step) = gateway.next(NOW + waited) {
        match step {
            Step::Wait { ms } => waited += ms,
            Step::Download {
                break_off, damage, ..
            } => {
                let image = Image {
                    version: "1.1.0".into(),
                    commit: "3f1c2b6".into(),
                };
                gateway.downloaded((!break_off && damage.is_none()).then_some(image));
            }
            Step::Publish(publication) => said.push(publication),
        }
    }
    (said, waited)
}

/// Strictly, and if need be leniently.
fn read(publication: &Publication) -> (ResultMessage, bool) {
    let read = |lenient| {
        let options = Options {
            topic: Some(&publication.topic),
            lenient,
            ..Options::default()
        };
        match decode(Input::bytes(publication.payload.as_bytes()), &options).message {
            Some(Message::Result(result)) => Some(result),
            _ => None,
        }
    };
    let strictly = read(false);
    let strict = strictly.is_some();
    (strictly.or_else(|| read(true)).unwrap(), strict)
}

#[test]
fn every_behaviour() {
    for behaviour in Behaviour::ALL {
        let (statuses, runs, waits): (&[u8], _, _) = match behaviour {
            Behaviour::Silent => (&[], "1.0.0", 0),
            Behaviour::Forbidden => (&[1], "1.0.0", 10),
            Behaviour::DownloadFails | Behaviour::Md5Mismatch => (&[3], "1.0.0", 10),
            Behaviour::SilentAfterPrepared => (&[2], "1.0.0", 10),
            Behaviour::RollsBack => (&[2, 5], "1.0.0", 20),
            Behaviour::RollbackFails => (&[2, 6], "1.0.0", 20),
            Behaviour::Lies => (&[2, 4], "1.0.0", 20),
            Behaviour::WrongVersion => (&[2, 4], "1.1.0-other", 20),
            Behaviour::OutOfOrder => (&[4, 2], "1.1.0", 20),
            Behaviour::RepliesLater => (&[2, 4], "1.1.0", 700_020),
            _ => (&[2, 4], "1.1.0", 20),
        };
        for correlation in Correlation::ALL {
            let name = format!("{} {}", behaviour.name(), correlation.name());
            let mut gateway = gateway(behaviour, correlation);
            assert_eq!(take(&mut gateway), Taken::Command(MID.into()), "{name}");
            assert_eq!(take(&mut gateway), Taken::Repeated(MID.into()), "{name}");
            let (said, waited) = run(&mut gateway);
            let codes: Vec<u8> = said.iter().map(|said| said.status.code()).collect();
            assert_eq!(codes, statuses, "{name}");
            assert_eq!(gateway.version(), runs, "{name}");
            assert_eq!(waited, waits, "{name}");
            assert_eq!(take(&mut gateway), Taken::Repeated(MID.into()), "{name}");
            for said in &said {
                let (result, strict) = read(said);
                let ahead = if behaviour == Behaviour::SkewedClock {
                    7_200_000
                } else {
                    0
                };
                assert!(
                    (NOW + ahead..=NOW + ahead + waits).contains(&result.timestamp),
                    "{name}"
                );
                assert_eq!(strict, behaviour != Behaviour::TrailingComma, "{name}");
                assert_eq!(result.sub_device_uid.as_deref(), Some("meter"), "{name}");
                assert_eq!(
                    result.reply.is_some(),
                    correlation == Correlation::Reply,
                    "{name}"
                );
                assert!(result.reply.is_none_or(|reply| reply == MID), "{name}");
                assert_eq!(
                    result.mid.as_str() == MID,
                    correlation == Correlation::Mid,
                    "{name}"
                );
                let traced = result.trace_id.as_deref() == Some("trace");
                assert_eq!(traced, correlation == Correlation::TraceId, "{name}");
                assert_eq!(result.data.status, Some(said.status), "{name}");
                let source = result.data.source.as_deref();
                assert_eq!(source.is_none(), behaviour == Behaviour::NoSource, "{name}");
                assert_eq!(result.data.version.as_deref(), Some("1.0.0"), "{name}");
                let tells = said.status.code() >= 4 && behaviour != Behaviour::Lies;
                assert_eq!(
                    result.data.final_version.as_deref(),
                    tells.then_some(runs),
                    "{name}"
                );
                let commit = (tells && runs == "1.1.0").then_some("3f1c2b6");
                assert_eq!(result.data.final_commit_sha.as_deref(), commit, "{name}");
                assert_eq!(
                    said.times,
                    if behaviour == Behaviour::Duplicates {
                        3
                    } else {
                        1
                    }
                );
                assert!(!said.retain);
            }
        }
    }
}

#[test]
fn names_are_read_back() {
    for behaviour in Behaviour::ALL {
        assert_eq!(Behaviour::parse(behaviour.name()), Some(behaviour));
    }
    for correlation in Correlation::ALL {
        assert_eq!(Correlation::parse(correlation.name()), Some(correlation));
    }
    assert_eq!(Behaviour::parse("polite"), None);
    assert_eq!(Correlation::parse(""), None);
}

#[test]
fn what_cannot_be_carried_out_is_answered_if_it_names_this_device() {
    let mut gateway = gateway(Behaviour::Ok, Correlation::Reply);
    assert_eq!(gateway.take(TOPIC, b"{", false), Taken::Unreadable);
    let other = command("ftp://fw.example/ems.bin").replace("gw-1", "gw-2");
    assert_eq!(
        gateway.take(TOPIC, other.as_bytes(), false),
        Taken::Unreadable
    );
    let good = command("https://fw.example/ems.bin");
    assert_eq!(gateway.take(TOPIC, good.as_bytes(), true), Taken::Retained);
    assert_eq!(gateway.next(NOW), None);
    let bad = command("ftp://fw.example/ems.bin");
    for _ in 0..2 {
        assert_eq!(
            gateway.take(TOPIC, bad.as_bytes(), false),
            Taken::Unreadable
        );
    }
    let (said, _) = run(&mut gateway);
    let [failed] = said.as_slice() else {
        panic!("{said:?}")
    };
    let (result, _) = read(failed);
    assert_eq!(failed.status.code(), 3);
    assert_eq!(result.reply.as_deref(), Some(MID));
    assert_eq!(result.data.source.as_deref(), Some("ems_II"));
}

/// At every step: an ending that is not acknowledged comes again, what was installed still runs.
#[test]
fn a_restart_in_the_middle() {
    for behaviour in Behaviour::ALL {
        let steps = {
            let mut whole = gateway(behaviour, Correlation::Mid);
            take(&mut whole);
            run(&mut whole).0.len()
        };
        for before in 0..=steps {
            let mut gateway = gateway(behaviour, Correlation::Mid);
            take(&mut gateway);
            let mut saying = None;
            let mut said = 0;
            while said < before {
                match gateway.next(NOW).unwrap() {
                    Step::Wait { .. } => {}
                    Step::Download {
                        break_off, damage, ..
                    } => {
                        let image = Image {
                            version: "1.1.0".into(),
                            commit: "3f1c2b6".into(),
                        };
                        gateway.downloaded((!break_off && damage.is_none()).then_some(image));
                    }
                    Step::Publish(publication) => {
                        saying = Some(publication.status);
                        said += 1;
                    }
                }
            }
            let runs = gateway.version().to_owned();
            gateway.restart();
            let (again, _) = run(&mut gateway);
            let again: Vec<_> = again.iter().map(|again| again.status).collect();
            let ending: Vec<_> = saying.into_iter().filter(|status| status.done()).collect();
            assert_eq!(again, ending, "{behaviour:?} after {before}");
            assert_eq!(gateway.version(), runs);
            assert_eq!(gateway.answering(), None);
            // It has forgotten that the command came before.
            assert_eq!(take(&mut gateway), Taken::Command(MID.into()));
        }
    }
}

#[test]
fn an_earlier_run_has_left_a_success() {
    let mut gateway = gateway(Behaviour::Retained, Correlation::Reply);
    let left = gateway.left_behind(NOW).unwrap();
    let (result, _) = read(&left);
    assert!(left.retain);
    assert_eq!(result.data.final_version.as_deref(), Some("1.0.0"));
    assert_eq!(result.reply, None);
}

#[test]
fn commas_go_where_they_belong() {
    for trace in ["}", "},", "}},", "\\\"}", "\\\"},\\\"trace_id\\\":\\\""] {
        let mut gateway = gateway(Behaviour::TrailingComma, Correlation::TraceId);
        let command = command("https://fw.example/ems.bin")
            .replace("ems_II", trace)
            .replace(r#"id":"trace""#, &format!(r#"id":"{trace}""#));
        gateway.take(TOPIC, command.as_bytes(), false);
        let (said, _) = run(&mut gateway);
        assert_eq!(said.len(), 2, "{trace}");
        for said in &said {
            let (result, strict) = read(said);
            assert!(!strict);
            assert_eq!(
                result.trace_id.as_deref(),
                Some(trace.replace("\\\"", "\"").as_str())
            );
        }
    }
}
