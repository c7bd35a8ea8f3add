//! Results that the operator assigns (§7).

use super::super::alert::AlertCode;
use super::super::correlate::{MatchedBy, Origin};
use super::super::timeline::{Disposition, EntryKind, Facts, Reported};
use super::super::view::Ingested;
use super::Tracker;
use super::results::{Delivery, Held};
use crate::decode::{Input, Options, decode};
use crate::diagnostic::{Error, problem};
use crate::message::{Message, ResultMessage};

impl Tracker {
    /// The operator says to which attempt a result belongs that was held back as suspect or ambiguous.
    ///
    /// A result that was first seen before the attempt was sent does not advance it even so.
    ///
    /// # Errors
    /// `attempt-unknown`; `result-unknown` when no such result may be assigned (any more);
    /// `result-elsewhere` when it comes from another address or sub-device than the attempt's.
    pub fn assign(&mut self, result_id: u64, id: &str, now: u64) -> Result<Ingested, Error> {
        self.advance(now);
        let known = self.find(id)?;
        let held = self.assignable(result_id);
        let (address, result) =
            held.ok_or_else(|| Error::one(problem::result_unknown(result_id), ""))?;
        let origin = Origin {
            address: &address,
            sub_device: result.sub_device_uid.as_deref(),
        };
        let record = self.index.get(known).filter(|record| origin.is_of(record));
        let Some(early) = record.map(|record| record.seen_before_sending(result_id)) else {
            return Err(Error::one(problem::result_elsewhere(result_id, id), ""));
        };
        let facts = Facts {
            result_id: Some(result_id),
            matched_by: Some(MatchedBy::Operator),
            reported: Some(Box::new(Reported::of(&result))),
            ..Facts::mid(result.mid.as_str())
        };
        let nothing = Delivery {
            topic: "",
            payload: &[],
            retained: false,
            diagnostics: Vec::new(),
        };
        if early {
            let held = Held::because(Disposition::Recorded, AlertCode::EarlyResult);
            return Ok(self.hold(known, EntryKind::Assigned, facts, held, nothing));
        }
        self.settle(&address, result_id);
        Ok(self.take_effect(known, EntryKind::Assigned, facts, &result, nothing))
    }

    /// The address and the whole of a result that waits to be assigned.
    fn assignable(&self, result_id: u64) -> Option<(String, ResultMessage)> {
        let [_, suspect, _] = &self.logs;
        let logged = suspect.get(result_id)?;
        let options = Options {
            topic: Some(&logged.topic),
            max_bytes: Some(usize::MAX),
            ..Options::default()
        };
        let decoded = decode(
            Input::bytes(logged.assignable.as_deref()?.as_bytes()),
            &options,
        );
        match decoded.message? {
            Message::Result(result) => Some((decoded.topic?.address(), result)),
            Message::Command(_) => None,
        }
    }
}
