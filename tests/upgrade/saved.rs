//! Saving and restoring.

use super::support::{Command, DEADLINES, Said, Site, mid};
use wudun_ota::Code;
use wudun_ota::upgrade::{Deadlines, LogKind, State, Tracker};

fn busy() -> Site {
    let mut site = Site::with_sent(Command {
        trace_id: Some("t"),
        ..Command::of(1).expecting("1.1")
    });
    site.open(&Command {
        source: "ems_I",
        sub_device: None,
        ..Command::of(2)
    });
    site.send(&mid(2));
    site.hear(&Said::status(10, 2).reply(1));
    site.hear(&Said::status(11, 4));
    site.hear(&Said::status(12, 4).from("gw-9"));
    site.hear_command(
        &Command {
            source: "ems_I",
            ..Command::of(50)
        },
        true,
    );
    site
}

fn restore(chunks: &[Vec<u8>]) -> Result<Tracker, Code> {
    Tracker::restore(chunks, DEADLINES, 0).map_err(|error| error.code())
}

#[test]
fn a_restored_tracker_is_the_same() {
    let site = busy();
    let saved = site.tracker.save();
    let restored = restore(&saved).unwrap();
    assert_eq!(restored.save(), saved);
    assert_eq!(restored.counts(), site.tracker.counts());
    assert_eq!(restored.next_deadline(), site.tracker.next_deadline());
    for kind in LogKind::ALL {
        assert_eq!(restored.log(kind), site.tracker.log(kind));
    }
    let json = |tracker: &Tracker, n| serde_json::to_string(&tracker.attempt(&mid(n))).unwrap();
    for n in [1, 2] {
        assert_eq!(json(&restored, n), json(&site.tracker, n));
    }
}

#[test]
fn what_was_held_back_can_still_be_assigned() {
    let mut site = busy();
    let held = site.tracker.log(LogKind::Suspect).entries[0].result_id;
    site.tracker = restore(&site.tracker.save()).unwrap();
    site.tracker.assign(held, &mid(2), site.now).unwrap();
    assert_eq!(site.state(2), State::Succeeded);
}

#[test]
fn what_fell_due_meanwhile_is_told_by_the_next_tick() {
    let mut site = busy();
    let saved = site.tracker.save();
    site.now += 86_400_000;
    site.tracker = Tracker::restore(&saved, DEADLINES, site.now).unwrap();
    assert_eq!(site.state(1), State::TimedOut);
    assert_eq!(site.tick().len(), 2);
}

#[test]
fn new_deadlines_count_from_the_old_moments() {
    let site = busy();
    let deadlines = Deadlines {
        final_result_ms: 1_000,
        ..DEADLINES
    };
    let restored = Tracker::restore(&site.tracker.save(), deadlines, 0).unwrap();
    assert_eq!(restored.next_deadline(), Some(site.now + 1_000));
}

#[test]
fn an_empty_tracker_is_saved_too() {
    let saved = Tracker::new(DEADLINES).save();
    assert_eq!(saved.len(), 1);
    assert!(restore(&saved).is_ok());
}

#[test]
fn large_states_come_in_several_chunks() {
    let mut site = Site::new();
    let devices: Vec<&'static str> = (0..2_000).map(|n| &*format!("gw-{n}").leak()).collect();
    for (n, device) in (1..).zip(&devices) {
        site.open(&Command {
            device,
            ..Command::of(n)
        });
    }
    let saved = site.tracker.save();
    assert!(saved.len() > 1, "{} chunks", saved.len());
    assert_eq!(restore(&saved).unwrap().save(), saved);
    // Every way of giving only some of them, or in another order, is told.
    assert_eq!(restore(&saved[1..]).err(), Some(Code::SavedStateDamaged));
    assert_eq!(
        restore(&saved[..saved.len() - 1]).err(),
        Some(Code::SavedStateDamaged)
    );
    let mut turned = saved.clone();
    turned.reverse();
    assert_eq!(restore(&turned).err(), Some(Code::SavedStateDamaged));
    site.open(&Command {
        device: "gw-last",
        ..Command::of(10_000)
    });
    let mut mixed = site.tracker.save();
    assert_eq!(mixed.len(), saved.len());
    mixed[0].clone_from(&saved[0]);
    assert_eq!(restore(&mixed).err(), Some(Code::SavedStateDamaged));
}

#[test]
fn foreign_bytes_are_refused() {
    assert_eq!(restore(&[]).err(), Some(Code::SavedStateDamaged));
    assert_eq!(restore(&[Vec::new()]).err(), Some(Code::SavedStateForeign));
    assert_eq!(
        restore(&[b"{\"attempts\":[]}".to_vec()]).err(),
        Some(Code::SavedStateForeign)
    );
    let mut later = busy().tracker.save();
    later[0][4] = 2;
    assert_eq!(restore(&later).err(), Some(Code::SavedStateVersion));
}

#[test]
fn every_cut_and_every_changed_bit_is_told() {
    let saved = busy().tracker.save();
    assert_eq!(saved.len(), 1);
    let whole = &saved[0];
    for length in 0..whole.len() {
        assert!(
            restore(&[whole[..length].to_vec()]).is_err(),
            "cut to {length}"
        );
    }
    for position in 0..whole.len() {
        let mut changed = whole.clone();
        changed[position] ^= 1 << (position % 8);
        assert!(restore(&[changed]).is_err(), "changed at {position}");
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    assert_eq!(restore(&[longer]).err(), Some(Code::SavedStateDamaged));
}
