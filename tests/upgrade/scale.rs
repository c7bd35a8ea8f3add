//! What holds for many attempts: pages, saving while other things happen, what is kept and forgotten.

use super::support::{Command, DEADLINES, Said, Site, mid};
use wudun_ota::upgrade::{AttemptRow, AttemptView, LogKind, PageQuery, State, Tracker};

/// A small generator: the same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % end
    }
}

fn name(n: u32) -> &'static str {
    // Some share a beginning, some a device has several attempts.
    format!(
        "{}-{:03}",
        ["gw", "gw-1", "meter", "WD"][n as usize % 4],
        n / 7
    )
    .leak()
}

/// `count` attempts in all kinds of states, some of them forgotten.
fn fleet(count: u32, seed: u64) -> Site {
    let mut site = Site::new();
    let mut random = Random(seed);
    for n in 1..=count {
        let opened = site.try_open(&Command {
            device: name(n),
            source: ["a", "b", "c", "d", "e", "f", "g", "h"][n as usize % 8],
            supersede: true,
            ..Command::of(n)
        });
        opened.unwrap();
        if random.below(5) > 0 {
            site.pass(1).send(&mid(n));
        }
        let status = random.below(9) as u8;
        if (1..=6).contains(&status) {
            let said = Said::status(100_000 + n, status).from(name(n)).reply(n);
            site.hear(&said);
        }
        if random.below(3) == 0 {
            let _ = site.tracker.forget(&mid(random.below(n) + 1));
        }
    }
    site
}

fn page(tracker: &Tracker, query: &PageQuery) -> (Vec<String>, Option<String>) {
    let page = tracker.page(query).unwrap();
    let ids = page.attempts.into_iter().map(|attempt| attempt.id);
    (ids.collect(), page.next)
}

fn all(tracker: &Tracker) -> Vec<AttemptRow> {
    let query = PageQuery {
        limit: usize::MAX,
        ..PageQuery::default()
    };
    tracker.page(&query).unwrap().attempts
}

/// All attempts, each whole.
fn whole(tracker: &Tracker) -> Vec<AttemptView> {
    let rows = all(tracker).into_iter();
    rows.map(|row| tracker.attempt(&row.id).unwrap()).collect()
}

#[test]
fn pages_are_what_looking_at_all_would_give() {
    // Enough for several buckets and groups of devices, and for the list to close up.
    let site = fleet(9_000, 7);
    let restored = Tracker::restore(&site.tracker.save(), DEADLINES, 0).unwrap();
    for tracker in [&site.tracker, &restored] {
        compare_pages(tracker);
    }
}

/// Sixty-four places fill a word of the list, and sixty-four words one above it: pages were empty then.
#[test]
fn a_page_shows_all_whatever_their_number() {
    let mut site = Site::new();
    for n in 1..=4_100 {
        let command = Command {
            device: name(n * 7),
            ..Command::of(n)
        };
        site.try_open(&command).unwrap();
        let newest = page(
            &site.tracker,
            &PageQuery {
                limit: 2,
                ..PageQuery::default()
            },
        );
        let expected: Vec<String> = (1..=n).rev().take(2).map(mid).collect();
        assert_eq!(newest.0, expected);
    }
}

fn compare_pages(tracker: &Tracker) {
    let everything = all(tracker);
    assert!(everything.len() > 2_000);
    let devices = [
        None,
        Some(""),
        Some("gw"),
        Some("gw-"),
        Some("gw-1"),
        Some("gw-1-0"),
        Some("gw-1-077"),
        Some("W"),
        Some("meter-9"),
        Some("x"),
        Some("gw-1-0777"),
    ];
    for state in std::iter::once(None).chain(State::ALL.map(Some)) {
        for device in devices {
            let fits = |attempt: &&AttemptRow| {
                state.is_none_or(|state| attempt.snapshot.state == state)
                    && device.is_none_or(|device| attempt.device.starts_with(device))
            };
            let wanted: Vec<String> = everything
                .iter()
                .filter(fits)
                .map(|attempt| attempt.id.clone())
                .collect();
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let query = PageQuery {
                    after,
                    limit: 97,
                    state,
                    device: device.map(str::to_owned),
                };
                let (ids, next) = page(tracker, &query);
                assert!(ids.len() == 97 || next.is_none());
                found.extend(ids);
                after = next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, wanted, "{state:?} {device:?}");
        }
    }
}

#[test]
fn a_page_begins_where_the_one_before_ended_whatever_is_forgotten() {
    let mut site = fleet(3_000, 3);
    let query = |after| PageQuery {
        after,
        limit: 50,
        ..PageQuery::default()
    };
    let (first, next) = page(&site.tracker, &query(None));
    let rest: Vec<String> = all(&site.tracker)
        .into_iter()
        .skip(50)
        .filter(|attempt| attempt.open)
        .map(|attempt| attempt.id)
        .collect();
    for attempt in all(&site.tracker) {
        let _ = site.tracker.forget(&attempt.id);
    }
    let (second, _) = page(&site.tracker, &query(next));
    assert_eq!(second, rest[..50]);
    assert!(first.iter().all(|id| !second.contains(id)));
}

#[test]
fn a_save_in_steps_is_the_state_at_its_beginning() {
    for seed in 0..4 {
        let mut site = fleet(1_500, seed);
        site.hear(&Said::status(900_000, 4).from("nobody"));
        let (saved, wanted) = (site.tracker.save(), whole(&site.tracker));
        let logs = LogKind::ALL.map(|kind| site.tracker.log(kind));
        site.tracker.begin_save();
        let mut chunks = Vec::new();
        let mut random = Random(seed + 100);
        // What happens meanwhile changes, forgets and adds, and gives numbers and texts away again.
        for n in 2_000..3_500 {
            let old = mid(random.below(1_500) + 1);
            match random.below(5) {
                0 => drop(site.tracker.cancel(&old, site.now)),
                1 => drop(site.tracker.forget(&old)),
                2 => {
                    let device = name(random.below(1_500));
                    let said = Said::status(200_000 + n, 4).from(device);
                    site.hear(&said.data("final_version", format!("{n}")));
                }
                3 => {
                    let _ = site.try_open(&Command {
                        device: name(n),
                        trace_id: Some("t"),
                        ..Command::of(n)
                    });
                }
                _ => drop(site.pass(60_000).tick()),
            }
            if n % 300 == 0 {
                chunks.extend(site.tracker.saved_chunk());
            }
        }
        chunks.extend(std::iter::from_fn(|| site.tracker.saved_chunk()));
        assert!(chunks.len() > 1);
        assert!(chunks.iter().all(|chunk| chunk.len() < 1 << 20));
        let restored = Tracker::restore(&chunks, DEADLINES, 0).unwrap();
        assert_eq!(format!("{:?}", whole(&restored)), format!("{wanted:?}"));
        assert_eq!(LogKind::ALL.map(|kind| restored.log(kind)), logs);
        // In all that could ever show: saved again, it is what the state was.
        assert_eq!(restored.save(), saved);
        assert_eq!(site.tracker.saved_chunk(), None);
        // Nothing of it stays behind.
        let end = site.tracker.save();
        let again = Tracker::restore(&end, DEADLINES, 0).unwrap();
        assert_eq!(again.save(), end);
    }
}

#[test]
fn a_second_save_gives_the_first_up() {
    let mut site = fleet(1_500, 1);
    site.tracker.begin_save();
    let first = site.tracker.saved_chunk().unwrap();
    site.tracker.begin_save();
    let second = std::iter::from_fn(|| site.tracker.saved_chunk());
    let second: Vec<Vec<u8>> = second.collect();
    assert_eq!(first, second[0]);
    assert_eq!(second, site.tracker.save());
}

#[test]
fn random_damage_is_told() {
    let saved = fleet(2_000, 5).tracker.save();
    let mut random = Random(9);
    for _ in 0..300 {
        let mut damaged = saved.clone();
        let chunk = random.below(saved.len() as u32) as usize;
        let length = saved[chunk].len() as u32;
        match random.below(4) {
            0 => damaged[chunk].truncate(random.below(length) as usize),
            1 => drop(damaged.remove(chunk)),
            2 => damaged.swap(chunk, (chunk + 1) % saved.len()),
            _ => {
                let at = random.below(length) as usize;
                damaged[chunk][at] ^= (random.below(255) + 1) as u8;
            }
        }
        assert!(Tracker::restore(&damaged, DEADLINES, 0).is_err());
    }
    assert!(Tracker::restore(&saved, DEADLINES, 0).is_ok());
}

/// Oldest first, the latest deliveries and how many are gone; the payload cut.
#[test]
fn every_log_says_what_it_has_dropped() {
    let mut site = Site::with_sent(Command::of(1));
    let suspect = |n| Said::status(n, 4).with("timestamp", 1);
    for n in 1_000..1_600 {
        site.hear(&Said::status(n, 4).from("nobody"));
        site.hear(&suspect(n));
        site.hear_bytes(
            "site/gw-1/ota/upgrade/result",
            format!("{{ {n}").as_bytes(),
            false,
        );
    }
    for kind in LogKind::ALL {
        let log = site.tracker.log(kind);
        assert_eq!((log.entries.len(), log.dropped), (512, 88), "{kind:?}");
        assert!(log.entries.is_sorted_by_key(|entry| entry.result_id));
    }
}

#[test]
fn the_next_deadline_is_that_of_the_first_that_waits() {
    // Enough that those who wait close up, again and again.
    let mut site = Site::new();
    let mut random = Random(3);
    let mut waiting = std::collections::BTreeMap::new();
    for n in 1..=6_000 {
        site.pass(u64::from(random.below(3))).open(&Command {
            device: name(7 * n),
            ..Command::of(n)
        });
        waiting.insert(n, site.now);
        for _ in 0..random.below(3) {
            // Mostly one of the older ones, as often the first.
            let from = random.below(n) + 1;
            let first = waiting.range(from..).next().map(|(n, _)| *n);
            if let Some(n) = first.filter(|_| n < 5_000 || random.below(2) == 0) {
                site.tracker.cancel(&mid(n), site.now).unwrap();
                waiting.remove(&n);
            }
        }
        let first = waiting.first_key_value();
        let due = first.map(|(_, opened)| opened + DEADLINES.send_ms);
        assert_eq!(site.tracker.next_deadline(), due);
    }
    let late = site.now + DEADLINES.send_ms;
    let expired: Vec<String> = site
        .tracker
        .tick(late)
        .into_iter()
        .map(|change| change.attempt_id)
        .collect();
    assert_eq!(expired, waiting.into_keys().map(mid).collect::<Vec<_>>());
    assert_eq!(site.tracker.next_deadline(), None);
}
