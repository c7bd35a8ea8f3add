//! Gateways that behave, and misbehave, as real ones do: what a device answers, when, and what it then runs.
//!
//! A [`Gateway`] is a pure state machine. Whoever drives it brings the deliveries, the clock, the
//! download and the network, and takes one [`Step`] after the other:
//!
//! ```
//! use wudun_ota::Topic;
//! use wudun_ota::gateway::{Behaviour, Correlation, Gateway, Image, Pauses, Step, Taken};
//!
//! let topic = Topic::parse("site/gw-1/ota/upgrade/command")?;
//! let mut gateway = Gateway::new(topic, Behaviour::Ok, Correlation::Reply, 1);
//! let command = br#"{
//!     "mid": "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90", "type": "ota_upgrade", "device_uid": "gw-1",
//!     "timestamp": 1800000000000,
//!     "data": {
//!         "source": "ems_II", "download_url": "https://fw.example/ems.bin",
//!         "md5_code": "0123456789abcdef0123456789abcdef"
//!     }
//! }"#;
//! assert!(matches!(gateway.take("site/gw-1/ota/upgrade/command", command, false), Taken::Command(_)));
//! let mut said = Vec::new();
//! while let Some(step) = gateway.next(1_800_000_001_000) {
//!     match step {
//!         Step::Wait { .. } => {}
//!         Step::Download { .. } => {
//!             gateway.downloaded(Some(Image { version: "1.1.0".into(), commit: "3f1c2b6".into() }));
//!         }
//!         Step::Publish(publication) => said.push(publication.status.code()),
//!     }
//! }
//! assert_eq!(said, [2, 4]);
//! assert_eq!(gateway.version(), "1.1.0");
//! # Ok::<(), wudun_ota::Error>(())
//! ```

use std::collections::VecDeque;

use crate::decode::{Input, Options, decode};
use crate::message::{Message, Mid, Status};
use crate::topic::{Channel, Topic};
use asked::Asked;
use behaviour::{Todo, WITHOUT_IMAGE, again};
use random::Random;

mod asked;
mod behaviour;
mod random;
mod results;

pub use behaviour::{Behaviour, Correlation};

/// Commands whose `mid` is remembered: "devices drop a repeated `mid`" (§8).
const MIDS_REMEMBERED: usize = 1_000;
/// What runs before the first update.
const FIRST_VERSION: &str = "1.0.0";
/// The pause of [`Behaviour::RepliesLater`]: a minute after the usual deadline.
const LATER_MS: u64 = 660_000;

/// A gateway: what it is, what it runs, and what it is about to do.
#[derive(Clone, Debug)]
pub struct Gateway {
    device: String,
    /// Where its results go.
    topic: String,
    behaviour: Behaviour,
    correlation: Correlation,
    pauses: Pauses,
    random: Random,
    version: String,
    /// Of what it runs, if it knows.
    commit: Option<String>,
    /// The latest commands, oldest first.
    known: VecDeque<u128>,
    waiting: VecDeque<Asked>,
    job: Option<Job>,
}

/// How long it takes, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// Before each step; 0 by default.
    pub step_ms: u64,
    /// Of [`Behaviour::RepliesLater`]; 660,000 by default.
    pub later_ms: u64,
}

impl Default for Pauses {
    fn default() -> Self {
        Pauses {
            step_ms: 0,
            later_ms: LATER_MS,
        }
    }
}

/// What was downloaded, whole and with the right MD5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What will run once it is installed.
    pub version: String,
    /// Its commit.
    pub commit: String,
}

/// What became of a delivery on the command topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A command, with its `mid`; it will be carried out in its turn.
    Command(String),
    /// The `mid` has come before: dropped.
    Repeated(String),
    /// A retained message is no new command: dropped.
    Retained,
    /// No valid command. If it has at least a `mid` and names this device, it will be answered.
    Unreadable,
}

/// What to do now. Asking for the next step says that this one is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let time pass.
    Wait {
        /// Milliseconds.
        ms: u64,
    },
    /// Download, check the MD5 and call [`Gateway::downloaded`].
    Download {
        /// From here.
        url: String,
        /// What the command says the MD5 is.
        md5: String,
        /// Break off after the first bytes.
        break_off: bool,
        /// Damage one byte, chosen by this number, on the way.
        damage: Option<u32>,
    },
    /// Publish at QoS 1, until the broker has it.
    Publish(Publication),
}

/// A result on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The result topic.
    pub topic: String,
    /// JSON.
    pub payload: String,
    /// What it reports.
    pub status: Status,
    /// With the retain flag.
    pub retain: bool,
    /// How many times.
    pub times: u8,
}

/// A command being carried out.
#[derive(Clone, Debug)]
struct Job {
    asked: Asked,
    todo: &'static [Todo],
    /// What ran when it began.
    version: String,
    image: Option<Image>,
    installed: bool,
    /// The result that is being published.
    saying: Option<Status>,
}

impl Gateway {
    /// A gateway that runs `1.0.0`. Equal seeds give one device equal message ids.
    #[must_use]
    pub fn new(topic: Topic, behaviour: Behaviour, correlation: Correlation, seed: u32) -> Gateway {
        let results = topic.with_channel(Channel::Result);
        Gateway {
            device: results.device().to_owned(),
            topic: results.to_string(),
            behaviour,
            correlation,
            pauses: Pauses::default(),
            random: Random::of(seed, results.device()),
            version: FIRST_VERSION.to_owned(),
            commit: None,
            known: VecDeque::new(),
            waiting: VecDeque::new(),
            job: None,
        }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn with_pauses(mut self, pauses: Pauses) -> Gateway {
        self.pauses = pauses;
        self
    }

    /// The same with another version running.
    #[must_use]
    pub fn with_version(mut self, version: String) -> Gateway {
        self.version = version;
        self
    }

    /// What it runs.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The `mid` of the command that it is busy with.
    #[must_use]
    pub fn answering(&self) -> Option<&str> {
        self.job.as_ref().map(|job| job.asked.mid.as_str())
    }

    /// A fresh message id of its own.
    pub fn make_mid(&mut self) -> String {
        self.random.mid().as_str().to_owned()
    }

    /// Takes a delivery on its command topic. `retained`: it carried the MQTT retain flag.
    pub fn take(&mut self, topic: &str, payload: &[u8], retained: bool) -> Taken {
        if retained {
            return Taken::Retained;
        }
        let options = Options {
            topic: Some(topic),
            lenient: true,
            ..Options::default()
        };
        if let Some(Message::Command(command)) = decode(Input::bytes(payload), &options).message {
            let mid = command.mid.as_str().to_owned();
            if self.is_known(&command.mid) {
                return Taken::Repeated(mid);
            }
            self.waiting.push_back(Asked::of(command));
            return Taken::Command(mid);
        }
        if let Some(asked) = Asked::loosely(payload, &self.device)
            && !self.is_known(&asked.mid)
        {
            self.waiting.push_back(asked);
        }
        Taken::Unreadable
    }

    /// What to do now; `None`: nothing, until a command is taken. `now` is what the device's clock
    /// shows, in Unix milliseconds.
    pub fn next(&mut self, now: u64) -> Option<Step> {
        loop {
            if self.job.is_none() {
                self.job = Some(self.begin()?);
            }
            let job = self.job.as_mut()?;
            job.saying = None;
            let Some((todo, rest)) = job.todo.split_first() else {
                self.job = None;
                continue;
            };
            job.todo = rest;
            match *todo {
                Todo::Pause if self.pauses.step_ms == 0 => {}
                Todo::Pause => {
                    return Some(Step::Wait {
                        ms: self.pauses.step_ms,
                    });
                }
                Todo::PauseLong => {
                    return Some(Step::Wait {
                        ms: self.pauses.later_ms,
                    });
                }
                Todo::Download => return self.download(),
                Todo::Install => self.install(true),
                Todo::InstallOther => self.install(false),
                Todo::Say(status) => {
                    job.saying = Some(status);
                    return self.say(status, now).map(Step::Publish);
                }
            }
        }
    }

    /// How the download has ended: `None` for a failure or a wrong MD5.
    pub fn downloaded(&mut self, image: Option<Image>) {
        let behaviour = self.behaviour;
        if let Some(job) = &mut self.job {
            job.todo = match image {
                Some(_) => behaviour.with_image(),
                None => WITHOUT_IMAGE,
            };
            job.image = image;
        }
    }

    /// The device restarts. What it runs and an ending that it has not got rid of outlast that;
    /// commands, their `mid`s and an upgrade without an ending do not.
    pub fn restart(&mut self) {
        self.waiting.clear();
        self.known.clear();
        let Some(job) = &mut self.job else { return };
        let said = job.saying.filter(|status| status.done());
        let to_say = job.todo.iter().find_map(|todo| match todo {
            Todo::Say(status) if job.installed && status.done() => Some(*status),
            _ => None,
        });
        match said.or(to_say) {
            Some(ending) => job.todo = again(ending),
            None => self.job = None,
        }
    }

    fn begin(&mut self) -> Option<Job> {
        let asked = self.waiting.pop_front()?;
        let todo = match asked.image {
            Some(_) => self.behaviour.at_first(),
            None => WITHOUT_IMAGE,
        };
        Some(Job {
            asked,
            todo,
            version: self.version.clone(),
            image: None,
            installed: false,
            saying: None,
        })
    }

    fn download(&mut self) -> Option<Step> {
        let (url, md5) = self.job.as_ref()?.asked.image.clone()?;
        let damage = self.behaviour == Behaviour::Md5Mismatch;
        Some(Step::Download {
            url,
            md5,
            break_off: self.behaviour == Behaviour::DownloadFails,
            damage: damage.then(|| self.random.next()),
        })
    }

    /// From here on the image runs, or something else.
    fn install(&mut self, asked_for: bool) {
        let Some(job) = &mut self.job else { return };
        let Some(image) = &job.image else { return };
        job.installed = true;
        let suffix = if asked_for { "" } else { "-other" };
        self.version = image.version.clone() + suffix;
        self.commit = asked_for.then(|| image.commit.clone());
    }

    /// Whether a command has come before; from now on it has.
    fn is_known(&mut self, mid: &Mid) -> bool {
        let value = mid.as_u128();
        if self.known.contains(&value) {
            return true;
        }
        if self.known.len() == MIDS_REMEMBERED {
            self.known.pop_front();
        }
        self.known.push_back(value);
        false
    }
}
