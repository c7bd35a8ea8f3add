//! Messages as JSON text: compact, fields in the order of §2–§4, then unknown members.

use super::{CommandData, Envelope, Message, ResultData, Writer};

impl Message {
    /// The message as compact JSON. Absent optional fields are left out.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        self.encode_to(&mut text);
        text
    }

    /// Appends the message as compact JSON.
    pub(crate) fn encode_to(&self, text: &mut String) {
        let mut to = Writer::after(std::mem::take(text));
        match self {
            Message::Command(command) => encode(command, encode_command_data, &mut to),
            Message::Result(result) => encode(result, encode_result_data, &mut to),
        }
        *text = to.into_text();
    }
}

fn encode<D>(envelope: &Envelope<D>, data: fn(&D, &mut Writer), to: &mut Writer) {
    to.open();
    to.string("mid", envelope.mid.as_str());
    to.string("type", super::TYPE);
    to.string("device_uid", &envelope.device_uid);
    to.optional("sub_device_uid", envelope.sub_device_uid.as_deref());
    to.raw("timestamp", &envelope.timestamp.to_string());
    to.key("data");
    to.open();
    data(&envelope.data, to);
    to.close();
    to.optional("trace_id", envelope.trace_id.as_deref());
    to.optional("reply", envelope.reply.as_deref());
    to.extra(&envelope.extra);
    to.close();
}

fn encode_command_data(data: &CommandData, to: &mut Writer) {
    to.string("source", &data.source);
    to.string("download_url", &data.download_url);
    to.string("md5_code", &data.md5_code);
    to.extra(&data.extra);
}

fn encode_result_data(data: &ResultData, to: &mut Writer) {
    to.optional("source", data.source.as_deref());
    to.optional("version", data.version.as_deref());
    to.optional("target_version", data.target_version.as_deref());
    to.optional("target_commit_sha", data.target_commit_sha.as_deref());
    to.optional("final_version", data.final_version.as_deref());
    to.optional("final_commit_sha", data.final_commit_sha.as_deref());
    if let Some(status) = data.status {
        to.raw("status", &status.code().to_string());
    }
    to.extra(&data.extra);
}
