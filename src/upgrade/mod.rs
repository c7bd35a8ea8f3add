//! The state of every upgrade attempt (§7).
