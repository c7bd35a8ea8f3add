//! Results that the operator assigns (§7).

use super::super::alert::AlertCode;
use super::super::correlate::{MatchedBy, Origin};
use super::super::heard::Heard;
use super::super::index::{Note, Place};
use super::super::record::How;
use super::super::timeline::{Disposition, EntryKind};
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
        let slot = self.find(id)?;
        let held = self.assignable(result_id);
        let (address, result) =
            held.ok_or_else(|| Error::one(problem::result_unknown(result_id), ""))?;
        let heard = Heard::of(&result);
        let address = self.index.address(&Place::of(&address));
        let origin = Origin::of(&self.index, address, heard.sub_device);
        let record = self.index.get(slot).filter(|record| origin.is_of(record));
        let (Some(record), Some(address)) = (record, address) else {
            return Err(Error::one(problem::result_elsewhere(result_id, id), ""));
        };
        let early = record.seen_before_sending(result_id);
        let note = Note {
            how: How::Result(Some(MatchedBy::Operator), Some(heard.status)),
            result_id,
            mid: Some((heard.mid, heard.mid_text)),
            heard: Some(&heard),
            ..Note::of(EntryKind::Assigned)
        };
        let nothing = Delivery {
            topic: "",
            payload: Input::bytes(&[]),
            retained: false,
            diagnostics: Vec::new(),
        };
        let outcome = if early {
            let held = Held::because(Disposition::Recorded, AlertCode::EarlyResult);
            self.hold(slot, note, held, &nothing)
        } else {
            self.settle(address, result_id, true);
            self.take_effect(slot, note, &heard, &nothing)
        };
        Ok(self.tell(outcome))
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
