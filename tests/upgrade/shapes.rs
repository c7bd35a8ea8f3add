//! The shapes that JavaScript sees.

use super::support::{Command, Said, Site, T0, mid};
use serde_json::{Value, json};
use wudun_ota::upgrade::{LogKind, PageQuery, State};

fn value(of: impl serde::Serialize) -> Value {
    serde_json::to_value(of).unwrap()
}

/// The texts are looked at elsewhere.
fn without_texts(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|key, _| key != "text" && key != "message");
            for member in members.values_mut() {
                *member = without_texts(member.take());
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = without_texts(item.take())),
        _ => {}
    }
    value
}

#[test]
fn an_attempt() {
    let mut site = Site::new();
    let command = Command {
        sub_device: Some("hub"),
        trace_id: Some("t"),
        ..Command::of(1).expecting("1.1")
    };
    site.open(&command);
    site.pass(5).send(&mid(1));
    let said = Said::status(10, 4)
        .with("sub_device_uid", "hub")
        .data("final_version", "1.0");
    site.pass(5).hear(&said);
    let unpublished = json!({ "state": "unpublished" });
    let sent = json!({ "state": "sent" });
    let succeeded = json!({
        "state": "succeeded", "outcome": "succeeded", "verification": "mismatched", "phase1": "inferred",
    });
    let mut attempt = value(site.attempt(1));
    attempt["command"] = serde_json::from_str(attempt["command"].as_str().unwrap()).unwrap();
    assert_eq!(
        without_texts(attempt),
        json!({
            "id": mid(1), "state": "succeeded", "outcome": "succeeded", "verification": "mismatched",
            "phase1": "inferred", "topic": "site/gw-1/ota/upgrade/command", "address": "site/gw-1",
            "device": "gw-1", "subDevice": "hub", "source": "ems_II", "expected": { "version": "1.1" },
            "command": serde_json::from_str::<Value>(&command.json()).unwrap(),
            "openedAt": T0, "sentAt": T0 + 5, "endedAt": T0 + 10, "final": { "version": "1.0" },
            "open": false, "foreignCommandSeen": false, "entries": 3, "alerts": 1,
            "timeline": [
                { "at": T0, "kind": "opened", "before": unpublished, "after": unpublished, "alerts": [] },
                { "at": T0 + 5, "kind": "sent", "before": unpublished, "after": sent, "alerts": [] },
                { "at": T0 + 10, "kind": "result", "before": sent, "after": succeeded,
                  "disposition": "advanced", "matchedBy": "subject", "resultId": 2, "status": "succeeded",
                  "mid": mid(10), "alerts": [{ "code": "verification-mismatched" }] },
            ],
        })
    );
}

#[test]
fn a_deadline_and_its_change() {
    let mut site = Site::with_sent(Command::of(1));
    let deadline = value(site.attempt(1))["deadline"].clone();
    assert_eq!(
        deadline,
        json!({ "kind": "first-result", "at": T0 + 600_000 })
    );
    assert_eq!(
        value(site.pass(600_000).tick()),
        json!([{
            "attemptId": mid(1), "before": { "state": "sent" }, "after": { "state": "timed_out" }, "alerts": [],
        }])
    );
}

#[test]
fn a_delivery() {
    let mut site = Site::with_sent(Command::of(1));
    let heard = value(site.hear(&Said::status(10, 2).with("reply", "job 7")));
    assert_eq!(heard["diagnostics"][0]["code"], "reply-form");
    let mut rest = without_texts(heard);
    rest.as_object_mut().unwrap().remove("diagnostics");
    assert_eq!(
        rest,
        json!({
            "disposition": "advanced", "resultId": 2, "matchedBy": "subject", "attemptId": mid(1),
            "before": { "state": "sent" }, "after": { "state": "prepared", "phase1": "reported" },
            "alerts": [], "attemptIds": [mid(1)],
        })
    );
}

#[test]
fn counts_and_logs() {
    let mut site = Site::with_sent(Command::of(1));
    site.hear_bytes("site/gw-9/ota/upgrade/result", &[0xFF], false);
    assert_eq!(
        value(site.tracker.counts()),
        json!({
            "unpublished": 0, "sent": 1, "prepared": 0, "forbidden": 0, "prepare_failed": 0, "succeeded": 0,
            "rolled_back": 0, "rollback_failed": 0, "timed_out": 0, "cancelled": 0, "not_sent": 0, "refused": 0,
            "total": 1, "open": 1, "verified": 0, "mismatched": 0, "unverified": 0, "alerts": 0,
        })
    );
    assert_eq!(
        value(site.tracker.log(LogKind::Invalid)),
        json!({ "dropped": 0, "entries": [{
            "resultId": 2, "at": T0, "topic": "site/gw-9/ota/upgrade/result", "payload": [255],
            "disposition": "invalid", "alerts": [],
        }] })
    );
}

#[test]
fn pages_newest_first() {
    let mut site = Site::new();
    for (n, device) in [
        (1, "gw-1"),
        (2, "gw-2"),
        (3, "gw-1"),
        (4, "meter-1"),
        (5, "gw-1"),
    ] {
        let source = ["a", "b", "c", "d", "e", "f"][n as usize];
        site.open(&Command {
            device,
            source,
            ..Command::of(n)
        });
    }
    site.send(&mid(3));
    let ids = |query: PageQuery| {
        let page = site.tracker.page(&query).unwrap();
        let ids: Vec<String> = page
            .attempts
            .into_iter()
            .map(|attempt| attempt.id)
            .collect();
        (ids, page.next)
    };
    let limit = |limit| PageQuery {
        limit,
        ..PageQuery::default()
    };
    let (first, next) = ids(limit(2));
    assert_eq!(first, [mid(5), mid(4)]);
    let (second, next) = ids(PageQuery {
        after: next,
        ..limit(2)
    });
    assert_eq!(second, [mid(3), mid(2)]);
    let (third, next) = ids(PageQuery {
        after: next,
        ..limit(2)
    });
    assert_eq!((third, next), (vec![mid(1)], None));
    let some = |text: &str| Some(text.to_owned());
    let (gateways, next) = ids(PageQuery {
        device: some("gw"),
        ..limit(4)
    });
    assert_eq!(
        (gateways, next),
        (vec![mid(5), mid(3), mid(2), mid(1)], None)
    );
    let (sent, _) = ids(PageQuery {
        state: Some(State::Sent),
        ..limit(9)
    });
    assert_eq!(sent, [mid(3)]);
    let error = site
        .tracker
        .page(&PageQuery {
            after: some("x"),
            ..limit(1)
        })
        .unwrap_err();
    assert_eq!(error.code().as_str(), "page-unknown");
}

#[test]
fn every_entry_has_words_in_both_languages() {
    let mut site = Site::with_sent(Command::of(1).expecting("1.1"));
    site.hear(&Said::status(10, 2).data("target_version", "1.2"));
    site.tracker.acknowledged(&mid(1), 0x10, site.now).unwrap();
    site.tracker.no_echo(&mid(1), site.now).unwrap();
    site.pass(3_600_000).tick();
    let explained = site.tracker.explain(&mid(1)).unwrap();
    let english: Vec<String> = explained.iter().map(|line| line.text.text().en).collect();
    assert_eq!(
        english,
        [
            "Opened; the command is not yet published",
            "Handed to a live connection. unpublished → sent",
            "The device has downloaded and checked the update and prepared it; asked for: version 1.2 \
             (it names no command; this one waits for an answer). \
             Message 00000000-0000-4000-8000-000000000010. sent → prepared. \
             Alert: The device has prepared another version or commit than expected",
            "The broker acknowledged the command, but nobody is subscribed to its topic: the device is \
             not connected or listens elsewhere",
            "The command did not come back on its topic: the broker may have dropped it",
            "No final result in time. The device has the update prepared and may still act. \
             prepared → timed out",
        ]
    );
    assert!(explained.iter().all(|line| {
        line.text
            .text()
            .zh
            .chars()
            .any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
    }));
    assert!(
        explained[2]
            .text
            .text()
            .zh
            .starts_with("设备上报：更新已准备；目标：版本 1.2")
    );
}

#[test]
fn an_ending_says_how_it_compares() {
    let mut site = Site::with_sent(Command::of(1).expecting("1.1"));
    site.hear(&Said::status(10, 4).data("final_version", "1.1").reply(1));
    site.hear(&Said::status(11, 5).data("final_version", "1.0").reply(1));
    let explained = site.tracker.explain(&mid(1)).unwrap();
    let last: Vec<String> = explained
        .iter()
        .skip(2)
        .map(|line| line.text.text().en)
        .collect();
    assert_eq!(
        last,
        [
            "The device reports success; runs now: version 1.1 (it replies to this command). \
             Verified: it is what was expected. Message 00000000-0000-4000-8000-000000000010. \
             sent → succeeded",
            "The update failed and the device has rolled back; runs now: version 1.0 \
             (it replies to this command). Mismatched: it is not what was asked for or expected. \
             Message 00000000-0000-4000-8000-000000000011. succeeded → rolled back. \
             Alert: The device now reports a worse ending than before. The worse one stands. \
             Alert: What the device reports is not what was asked for or expected",
        ]
    );
}

#[test]
fn an_ending_beside_ours_is_told_with_its_message_and_alert() {
    let mut site = Site::with_sent(Command::of(1));
    site.tracker.cancel(&mid(1), site.now).unwrap();
    site.hear(&Said::status(10, 4).reply(1));
    let text = site.tracker.explain(&mid(1)).unwrap()[3].text.text();
    assert_eq!(
        text.en,
        "The device reports success (it replies to this command). Unverified: nothing to compare. \
         Message 00000000-0000-4000-8000-000000000010. It stays cancelled, and the device's ending is \
         kept beside it. Alert: The device went on with an upgrade that was cancelled here. Check what \
         it runs now"
    );
    assert_eq!(
        text.zh,
        "设备上报：更新成功（应答本命令）。未验证：没有可比较的内容。\
         消息 00000000-0000-4000-8000-000000000010。状态仍为“已取消”，设备上报的结果另行保留。\
         告警：该升级已在本端取消，但设备仍继续执行。请检查设备当前运行的版本"
    );
}
