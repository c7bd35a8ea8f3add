//! Shorter courses over larger alphabets: everything that can happen to one attempt from its
//! opening on, and everything that a result can say of versions, targets and sources.

use wudun_ota::Status;
use wudun_ota::upgrade::Verification;

use super::history::{HERE, STATUSES};
use super::pair::{Pair, WAITS};
use super::words::{Command, Message, What};

/// Both are told one more thing, in every way; then another, as often as `length` says.
fn explore<L>(pair: &Pair, length: usize, letters: &[L], tell: &impl Fn(&mut Pair, &L)) -> usize {
    let mut courses = 0;
    for letter in letters {
        let mut next = pair.clone();
        next.wait(1);
        tell(&mut next, letter);
        courses += 1;
        if length > 1 {
            next.compare_attempts();
            courses += explore(&next, length - 1, letters, tell);
        }
    }
    courses
}

fn command(mid: u32, expected: Option<u8>, now: u64) -> Command {
    Command {
        mid,
        place: HERE,
        source: 1,
        trace: None,
        timestamp: now,
        expected_version: expected,
        expected_commit: None,
    }
}

/// What can happen to an attempt besides results.
#[derive(Clone, Copy)]
enum Letter {
    Does(What),
    Says(Option<Status>),
    Waits(u64),
    Foreign,
    Again { supersede: bool },
}

#[test]
fn everything_from_the_opening_on() {
    let own = command(1, None, super::pair::T0);
    let letters: Vec<Letter> = [
        Letter::Does(What::Sent(1)),
        Letter::Does(What::Acknowledged(1, 0)),
        Letter::Does(What::Acknowledged(1, 0x7f)),
        Letter::Does(What::Acknowledged(1, 0x80)),
        Letter::Does(What::Lost(1)),
        Letter::Does(What::Cancel(1)),
        Letter::Does(What::HearCommand {
            command: own,
            retained: false,
        }),
        Letter::Does(What::HearCommand {
            command: own,
            retained: true,
        }),
        Letter::Foreign,
        Letter::Again { supersede: false },
        Letter::Again { supersede: true },
        Letter::Waits(WAITS.send - 2),
        Letter::Waits(WAITS.send),
        Letter::Waits(WAITS.first),
        Letter::Waits(WAITS.last),
    ]
    .into_iter()
    .chain(STATUSES.map(Letter::Says))
    .collect();
    let mut pair = Pair::new();
    pair.tell(What::Open {
        command: own,
        supersede: false,
    });
    let courses = explore(&pair, 4, &letters, &|pair, letter| match *letter {
        Letter::Does(what) => pair.tell(what),
        Letter::Says(status) => {
            let mut message = Message::silent(100, HERE, pair.now);
            message.reply = Some(1);
            message.status = status;
            pair.tell(What::Hear {
                message,
                retained: false,
            })
        }
        Letter::Waits(ms) => {
            pair.wait(ms);
            pair.tell(What::Tick)
        }
        Letter::Foreign => {
            let other = command(50, None, pair.now);
            pair.tell(What::HearCommand {
                command: other,
                retained: false,
            })
        }
        Letter::Again { supersede } => {
            let mid = 2 + pair.history.len() as u32;
            pair.tell(What::Open {
                command: command(mid, None, pair.now),
                supersede,
            })
        }
    });
    assert_eq!(
        courses,
        22 + 22_usize.pow(2) + 22_usize.pow(3) + 22_usize.pow(4)
    );
}

/// What a result can say of what was asked for and what runs.
fn evidence(statuses: &[Option<Status>], sources: &[Option<u8>]) -> Vec<Message> {
    const SAID: [Option<u8>; 3] = [None, Some(1), Some(2)];
    let mut all = Vec::new();
    for status in statuses {
        for source in sources {
            for final_version in SAID {
                for target_version in SAID {
                    let mut message = Message::silent(100, HERE, 0);
                    (message.status, message.source) = (*status, *source);
                    (message.final_version, message.target_version) =
                        (final_version, target_version);
                    all.push(message);
                }
            }
        }
    }
    all
}

fn hear(pair: &mut Pair, message: &Message) {
    let message = Message {
        timestamp: pair.now,
        ..*message
    };
    pair.tell(What::Hear {
        message,
        retained: false,
    });
}

/// "A mismatch never counts as success", whatever else was or will be said.
#[test]
fn everything_that_results_can_say_of_versions() {
    let statuses = [
        None,
        Some(Status::Prepared),
        Some(Status::Succeeded),
        Some(Status::RolledBack),
    ];
    every_contradiction(evidence(&statuses, &[None]), 3);
    every_contradiction(evidence(&statuses, &[None, Some(1), Some(2)]), 2);
}

fn every_contradiction(mut letters: Vec<Message>, length: usize) {
    for letter in &mut letters {
        letter.reply = Some(1);
    }
    let mut pair = Pair::new();
    pair.tell(What::Open {
        command: command(1, Some(1), pair.now),
        supersede: false,
    });
    pair.tell(What::Sent(1));
    explore(&pair, length, &letters, &|pair, message| {
        let before = pair.tracker.counts();
        hear(pair, message);
        let (counts, life) = (pair.tracker.counts(), &pair.world.lives[0]);
        assert!(
            before.mismatched == 0 || counts.verified == 0,
            "{:#?}",
            pair.history
        );
        if counts.verified > 0 {
            let page = pair.world.picture(life).verification;
            assert_eq!(page, Some(Verification::Verified), "{:#?}", pair.history);
        }
    });
}

/// Two attempts wait, and only what they expect tells them apart (rule 4).
#[test]
fn everything_that_tells_two_attempts_apart() {
    let statuses = [
        None,
        Some(Status::Prepared),
        Some(Status::Succeeded),
        Some(Status::RolledBack),
    ];
    let letters = evidence(&statuses, &[None]);
    for expected in [
        (None, None),
        (Some(1), None),
        (Some(1), Some(2)),
        (Some(2), Some(2)),
    ] {
        let mut pair = Pair::new();
        for (mid, expected) in [(1, expected.0), (2, expected.1)] {
            pair.tell(What::Open {
                command: command(mid, expected, pair.now),
                supersede: true,
            });
            pair.tell(What::Sent(mid));
        }
        explore(&pair, 2, &letters, &hear);
    }
}
