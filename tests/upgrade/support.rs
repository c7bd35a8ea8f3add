//! Short ways to say what happens to a tracker.

use wudun_ota::upgrade::{
    AlertCode, AttemptView, Change, Deadlines, Disposition, Expected, Ingested, MatchedBy, Open,
    State, Tracker,
};
use wudun_ota::{Code, Input, Status};

pub const T0: u64 = 1_800_000_000_000;
pub const DEADLINES: Deadlines = Deadlines {
    send_ms: 30_000,
    first_result_ms: 600_000,
    final_result_ms: 3_600_000,
};

/// A `mid` that is easy to read: `mid(1)` ends in 1.
pub fn mid(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

pub fn command_topic(device: &str) -> String {
    format!("site/{device}/ota/upgrade/command")
}

pub fn result_topic(device: &str) -> String {
    format!("site/{device}/ota/upgrade/result")
}

/// What to open; `Command::of(1)` is for `gw-1`, `ems_II`.
#[derive(Clone, Debug)]
pub struct Command {
    pub mid: String,
    pub device: &'static str,
    pub sub_device: Option<&'static str>,
    pub source: &'static str,
    pub trace_id: Option<&'static str>,
    pub timestamp: u64,
    pub expected: Expected,
    pub supersede: bool,
}

impl Command {
    pub fn of(n: u32) -> Command {
        Command {
            mid: mid(n),
            device: "gw-1",
            sub_device: None,
            source: "ems_II",
            trace_id: None,
            timestamp: T0,
            expected: Expected::default(),
            supersede: false,
        }
    }

    pub fn expecting(mut self, version: &str) -> Command {
        self.expected.version = Some(version.to_owned());
        self
    }

    pub fn superseding(mut self) -> Command {
        self.supersede = true;
        self
    }

    pub fn json(&self) -> String {
        let mut message = serde_json::json!({
            "mid": self.mid,
            "type": "ota_upgrade",
            "device_uid": self.device,
            "timestamp": self.timestamp,
            "data": {
                "source": self.source,
                "download_url": "https://fw.example/ems.bin",
                "md5_code": "0123456789abcdef0123456789abcdef",
            },
        });
        if let Some(sub_device) = self.sub_device {
            message["sub_device_uid"] = sub_device.into();
        }
        if let Some(trace_id) = self.trace_id {
            message["trace_id"] = trace_id.into();
        }
        message.to_string()
    }
}

/// What a device says; `Said::status(9, 4)` is a success with `mid(9)`.
#[derive(Clone, Debug)]
pub struct Said {
    pub device: &'static str,
    pub message: serde_json::Value,
    pub retained: bool,
}

impl Said {
    pub fn nothing(n: u32) -> Said {
        let message = serde_json::json!({
            "mid": mid(n), "type": "ota_upgrade", "device_uid": "gw-1", "timestamp": T0 + 1000, "data": {},
        });
        Said {
            device: "gw-1",
            message,
            retained: false,
        }
    }

    pub fn status(n: u32, status: u8) -> Said {
        Said::nothing(n).data("status", status)
    }

    pub fn from(mut self, device: &'static str) -> Said {
        self.device = device;
        self.with("device_uid", device)
    }

    pub fn with(mut self, field: &str, value: impl Into<serde_json::Value>) -> Said {
        self.message[field] = value.into();
        self
    }

    pub fn data(mut self, field: &str, value: impl Into<serde_json::Value>) -> Said {
        self.message["data"][field] = value.into();
        self
    }

    pub fn reply(self, n: u32) -> Said {
        self.with("reply", mid(n))
    }

    pub fn retained(mut self) -> Said {
        self.retained = true;
        self
    }
}

/// A tracker with a clock.
pub struct Site {
    pub tracker: Tracker,
    pub now: u64,
}

impl Site {
    pub fn new() -> Site {
        Site {
            tracker: Tracker::new(DEADLINES),
            now: T0,
        }
    }

    /// A site with attempt 1 sent.
    pub fn with_sent(command: Command) -> Site {
        let mut site = Site::new();
        site.open(&command);
        site.send(&command.mid);
        site
    }

    pub fn pass(&mut self, ms: u64) -> &mut Site {
        self.now += ms;
        self
    }

    pub fn try_open(&mut self, command: &Command) -> Result<String, Code> {
        let (topic, json) = (command_topic(command.device), command.json());
        let open = Open {
            topic: &topic,
            command: Input::bytes(json.as_bytes()),
            expected: command.expected.clone(),
            supersede: command.supersede,
        };
        self.tracker
            .open(open, self.now)
            .map_err(|error| error.code())
    }

    pub fn open(&mut self, command: &Command) -> String {
        self.try_open(command).unwrap()
    }

    pub fn send(&mut self, id: &str) -> Change {
        self.tracker.sent(id, self.now).unwrap()
    }

    pub fn hear(&mut self, said: &Said) -> Ingested {
        let payload = said.message.to_string();
        self.hear_bytes(
            &result_topic(said.device),
            payload.as_bytes(),
            said.retained,
        )
    }

    pub fn hear_command(&mut self, command: &Command, retained: bool) -> Ingested {
        self.hear_bytes(
            &command_topic(command.device),
            command.json().as_bytes(),
            retained,
        )
    }

    pub fn hear_bytes(&mut self, topic: &str, payload: &[u8], retained: bool) -> Ingested {
        self.tracker
            .ingest(topic, Input::bytes(payload), self.now, retained)
    }

    pub fn tick(&mut self) -> Vec<Change> {
        self.tracker.tick(self.now)
    }

    pub fn attempt(&self, n: u32) -> AttemptView {
        self.tracker.attempt(&mid(n)).unwrap()
    }

    pub fn state(&self, n: u32) -> State {
        self.attempt(n).row.snapshot.state
    }

    pub fn outcome(&self, n: u32) -> Option<Status> {
        self.attempt(n).row.snapshot.outcome
    }
}

pub fn codes(ingested: &Ingested) -> Vec<AlertCode> {
    ingested.alerts.iter().map(|alert| alert.code).collect()
}

/// Disposition and rule.
pub fn answer(ingested: &Ingested) -> (Disposition, Option<MatchedBy>) {
    (ingested.disposition, ingested.matched_by)
}
