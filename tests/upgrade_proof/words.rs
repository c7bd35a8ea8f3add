//! What can happen, in small numbers: a message or a command is a handful of them, and two are
//! equal exactly when their bytes are.

use std::fmt;

use wudun_ota::Status;
use wudun_ota::upgrade::Expected;

/// The three waiting times, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    pub send: u64,
    pub first: u64,
    pub last: u64,
}

/// An address (here one broker connection, so the device) and a sub-device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub device: u8,
    pub sub_device: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Command {
    pub mid: u32,
    pub place: Place,
    pub source: u8,
    pub trace: Option<u8>,
    pub timestamp: u64,
    pub expected_version: Option<u8>,
    pub expected_commit: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message {
    pub mid: u32,
    pub place: Place,
    pub reply: Option<u32>,
    pub trace: Option<u8>,
    pub timestamp: u64,
    pub source: Option<u8>,
    pub status: Option<Status>,
    pub final_version: Option<u8>,
    pub target_version: Option<u8>,
    pub final_commit: Option<u8>,
    pub target_commit: Option<u8>,
    /// Breaks a rule of §4: its status is 7.
    pub broken: bool,
}

/// One thing that happens, at a moment given by the caller.
#[derive(Clone, Copy)]
pub struct Fact {
    pub at: u64,
    pub what: What,
}

#[derive(Clone, Copy, Debug)]
pub enum What {
    Open {
        command: Command,
        supersede: bool,
    },
    Sent(u32),
    Acknowledged(u32, u8),
    Lost(u32),
    Cancel(u32),
    Forget(u32),
    /// The operator gives the message to the attempt.
    Assign(Message, u32),
    Hear {
        message: Message,
        retained: bool,
    },
    HearCommand {
        command: Command,
        retained: bool,
    },
    Tick,
}

/// Histories are told in a few lines.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = (self.expected_version, self.expected_commit);
        write!(f, "{} expecting {expected:?}", self.json())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json())
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} {:?}", self.at, self.what)
    }
}

pub fn mid(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// Versions come with and without a leading `v`: those of odd messages have one.
fn version(n: u8, odd: bool) -> String {
    format!("{}{n}.0.0", if odd { "v" } else { "" })
}

/// Commits come in two lengths and cases.
fn commit(n: u8, odd: bool) -> String {
    let letters = [b"ghjkmnp", b"qrstuvw", b"xyzabcd"][usize::from(n) % 3];
    let text = String::from_utf8(letters.to_vec()).unwrap();
    if odd {
        text.to_uppercase() + "0123"
    } else {
        text
    }
}

fn device(n: u8) -> String {
    format!("gw-{n}")
}

pub fn command_topic(place: Place) -> String {
    format!("site/{}/ota/upgrade/command", device(place.device))
}

pub fn result_topic(place: Place) -> String {
    format!("site/{}/ota/upgrade/result", device(place.device))
}

impl Command {
    pub fn json(&self) -> String {
        let mut json = format!(
            r#"{{"mid":"{}","type":"ota_upgrade","device_uid":"{}","timestamp":{}"#,
            mid(self.mid),
            device(self.place.device),
            self.timestamp
        );
        if let Some(sub) = self.place.sub_device {
            json += &format!(r#","sub_device_uid":"sub-{sub}""#);
        }
        if let Some(trace) = self.trace {
            json += &format!(r#","trace_id":"trace {trace}""#);
        }
        json += &format!(
            r#","data":{{"source":"ems_{}","download_url":"https://fw.example/ems.bin","md5_code":"0123456789abcdef0123456789abcdef"}}}}"#,
            self.source
        );
        json
    }

    pub fn expected(&self) -> Expected {
        Expected {
            version: self.expected_version.map(|n| version(n, false)),
            commit: self.expected_commit.map(|n| commit(n, false)),
        }
    }
}

impl Message {
    /// A result of the device that says nothing.
    pub fn silent(mid: u32, place: Place, timestamp: u64) -> Message {
        Message {
            mid,
            place,
            reply: None,
            trace: None,
            timestamp,
            source: None,
            status: None,
            final_version: None,
            target_version: None,
            final_commit: None,
            target_commit: None,
            broken: false,
        }
    }

    pub fn json(&self) -> String {
        let odd = self.timestamp % 2 == 1;
        let mut json = format!(
            r#"{{"mid":"{}","type":"ota_upgrade","device_uid":"{}","timestamp":{}"#,
            mid(self.mid),
            device(self.place.device),
            self.timestamp
        );
        if let Some(sub) = self.place.sub_device {
            json += &format!(r#","sub_device_uid":"sub-{sub}""#);
        }
        if let Some(reply) = self.reply {
            json += &format!(r#","reply":"{}""#, mid(reply));
        }
        if let Some(trace) = self.trace {
            json += &format!(r#","trace_id":"trace {trace}""#);
        }
        json += r#","data":{"#;
        let status = if self.broken {
            Some(7)
        } else {
            self.status.map(|status| status as u8)
        };
        let texts = [
            ("source", self.source.map(|n| format!("ems_{n}"))),
            ("final_version", self.final_version.map(|n| version(n, odd))),
            (
                "target_version",
                self.target_version.map(|n| version(n, !odd)),
            ),
            (
                "final_commit_sha",
                self.final_commit.map(|n| commit(n, odd)),
            ),
            (
                "target_commit_sha",
                self.target_commit.map(|n| commit(n, !odd)),
            ),
        ];
        let fields: Vec<String> = texts
            .into_iter()
            .filter_map(|(name, value)| Some(format!(r#""{name}":"{}""#, value?)))
            .chain(status.map(|status| format!(r#""status":{status}"#)))
            .collect();
        json + &fields.join(",") + "}}"
    }
}
