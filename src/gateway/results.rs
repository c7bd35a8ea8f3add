//! What a gateway says: its results, true or false.

use super::{Behaviour, Correlation, Gateway, Publication};
use crate::message::{Envelope, Message, Mid, ResultData, Status};

/// What [`Behaviour::SkewedClock`] is ahead.
const SKEW_MS: u64 = 2 * 3_600_000;

impl Gateway {
    /// What an earlier run has left on the broker, if it is one of those.
    pub fn left_behind(&mut self, now: u64) -> Option<Publication> {
        if self.behaviour != Behaviour::Retained {
            return None;
        }
        let data = ResultData {
            source: Some("ems_II".to_owned()),
            version: Some(self.version.clone()),
            final_version: Some(self.version.clone()),
            status: Some(Status::Succeeded),
            ..ResultData::default()
        };
        let mid = self.random.mid();
        Some(Publication {
            retain: true,
            ..self.publication(self.envelope(mid, now, data), Status::Succeeded)
        })
    }

    pub(super) fn say(&mut self, status: Status, now: u64) -> Option<Publication> {
        let (mid, trace) = (self.random.mid(), self.random.mid());
        let job = self.job.as_ref()?;
        let asked = &job.asked;
        let image = job.image.as_ref();
        let mut data = ResultData {
            source: asked.source.clone(),
            version: Some(job.version.clone()),
            target_version: image.map(|image| image.version.clone()),
            target_commit_sha: image.map(|image| image.commit.clone()),
            status: Some(status),
            ..ResultData::default()
        };
        if self.behaviour == Behaviour::NoSource {
            data.source = None;
        }
        let tells = !matches!(
            status,
            Status::Prepared | Status::Forbidden | Status::PrepareFailed
        );
        if tells && self.behaviour != Behaviour::Lies {
            data.final_version = Some(self.version.clone());
            data.final_commit_sha = self.commit.clone();
        }
        let mut envelope = self.envelope(mid, now, data);
        envelope.sub_device_uid = asked.sub_device.clone();
        envelope.trace_id = Some(trace.as_str().to_owned());
        match self.correlation {
            Correlation::None => {}
            Correlation::Reply => envelope.reply = Some(asked.mid.as_str().to_owned()),
            Correlation::Mid => envelope.mid = asked.mid.clone(),
            Correlation::TraceId => envelope.trace_id = asked.trace_id.clone(),
        }
        Some(self.publication(envelope, status))
    }

    fn envelope(&self, mid: Mid, now: u64, data: ResultData) -> Envelope<ResultData> {
        let skewed = self.behaviour == Behaviour::SkewedClock;
        Envelope {
            mid,
            device_uid: self.device.clone(),
            sub_device_uid: None,
            timestamp: now.saturating_add(if skewed { SKEW_MS } else { 0 }),
            data,
            trace_id: None,
            reply: None,
            extra: Vec::new(),
        }
    }

    fn publication(&self, result: Envelope<ResultData>, status: Status) -> Publication {
        let mut payload = Message::Result(result).encode();
        if self.behaviour == Behaviour::TrailingComma {
            payload = with_trailing_commas(&payload);
        }
        Publication {
            topic: self.topic.clone(),
            payload,
            status,
            retain: false,
            times: if self.behaviour == Behaviour::Duplicates {
                3
            } else {
                1
            },
        }
    }
}

/// A comma after the last member of `data` and of the whole, as in the vendor's samples. In a string
/// the quotes would be escaped.
fn with_trailing_commas(result: &str) -> String {
    let whole = result.strip_suffix('}').unwrap_or(result);
    let after = ["},\"trace_id\":\"", "},\"reply\":\""];
    let found = |after: &&str| {
        let mut places = whole.as_bytes().windows(after.len());
        places.position(|part| part == after.as_bytes())
    };
    let end = after.iter().find_map(found);
    let end = end.unwrap_or(whole.len().saturating_sub(1));
    let (data, rest) = whole.split_at_checked(end).unwrap_or((whole, ""));
    [data, ",", rest, ",}"].concat()
}
