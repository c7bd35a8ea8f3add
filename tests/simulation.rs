//! Deterministic simulation (see `tests/simulation/mod.rs`).
//!
//! `SEED=123 cargo test --test simulation -- --nocapture` lives through one seed and prints all of it;
//! `SEEDS=100000 cargo test --release --test simulation` through so many;
//! `UPDATE_HASHES=1 cargo test --test simulation` writes the committed hashes anew.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy knows only those functions that are tests themselves"
)]

#[path = "simulation/mod.rs"]
mod simulation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use simulation::{Run, Tally, World};

/// Lived through in every test run.
const SEEDS: u64 = 1_000;
/// Of these the hash is committed.
const HASHED: u64 = 256;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A panic of the code under test is a failure like any other.
fn live(seed: u64, lines: bool) -> Result<Run, String> {
    let run = catch_unwind(AssertUnwindSafe(|| World::run(seed, lines)));
    run.map_err(|_| "panicked".to_owned())
}

fn reproduce(seed: u64) -> String {
    format!("SEED={seed} cargo test --test simulation -- --nocapture")
}

/// All seeds below `count`, on all cores: what they have seen, and the first that fails.
fn live_all(count: u64) -> (Tally, Option<(u64, String)>) {
    let next = AtomicU64::new(0);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                return (tally, None);
            }
            let failure = match live(seed, false) {
                Ok(run) => {
                    tally.add(&run.tally);
                    run.failure
                }
                Err(panicked) => Some(panicked),
            };
            if let Some(failure) = failure {
                next.store(count, Ordering::Relaxed);
                return (tally, Some((seed, failure)));
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut all = Tally::default();
    let mut failed: Option<(u64, String)> = None;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let (tally, failure) = worker.join().unwrap();
            all.add(&tally);
            failed = failed.take().into_iter().chain(failure).min();
        }
    });
    (all, failed)
}

#[test]
fn the_tracker_never_believes_what_is_not_so() {
    if let Some(seed) = number("SEED") {
        let run = live(seed, true).unwrap();
        println!("{}", run.lines.join("\n"));
        assert_eq!(run.failure, None, "\n{}", reproduce(seed));
        return;
    }
    let count = number("SEEDS").unwrap_or(SEEDS);
    let (tally, failed) = live_all(count);
    if let Some((seed, failure)) = failed {
        panic!("{failure}\n{}\n", reproduce(seed));
    }
    println!("{count} seeds: {tally}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    if std::env::var_os("UPDATE_HASHES").is_some() {
        let hashes = (0..HASHED).map(|seed| simulation::hash_of(seed) + "\n");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulation/hashes.txt");
        std::fs::write(file, hashes.collect::<String>()).unwrap();
        return;
    }
    assert_eq!(simulation::HASHES.lines().count() as u64, HASHED);
    assert_eq!(
        simulation::differing(),
        Vec::<String>::new(),
        "if that is meant: UPDATE_HASHES=1 cargo test --test simulation"
    );
}
