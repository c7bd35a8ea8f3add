//! What a message says, read without the code under test.

use serde_json::Value;

/// Version and commit.
pub type What = [Option<String>; 2];

#[derive(Clone, Debug)]
pub struct Said {
    pub mid: String,
    pub reply: Option<String>,
    pub trace: Option<String>,
    pub sub_device: Option<String>,
    pub source: Option<String>,
    pub timestamp: u64,
    pub status: Option<u8>,
    pub target: What,
    pub last: What,
}

fn object(payload: &[u8], device: &str) -> Option<Value> {
    // Some devices write trailing commas; no string of this world holds one before a brace.
    let text = std::str::from_utf8(payload).ok()?.replace(",}", "}");
    let value: Value = serde_json::from_str(&text).ok()?;
    let fits = value["device_uid"] == device && value["type"] == "ota_upgrade";
    (fits && is_uuid(value["mid"].as_str()?)).then_some(value)
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Said {
    /// `None`: it breaks a rule.
    pub fn read(payload: &[u8], device: &str) -> Option<Said> {
        let value = object(payload, device)?;
        let data = &value["data"];
        let status = match &data["status"] {
            Value::Null => None,
            status => Some(status.as_u64().filter(|code| (1..=6).contains(code))? as u8),
        };
        Some(Said {
            mid: text(&value["mid"])?,
            reply: text(&value["reply"]),
            trace: text(&value["trace_id"]),
            sub_device: text(&value["sub_device_uid"]),
            source: text(&data["source"]),
            timestamp: value["timestamp"].as_u64()?,
            status,
            target: [
                text(&data["target_version"]),
                text(&data["target_commit_sha"]),
            ],
            last: [
                text(&data["final_version"]),
                text(&data["final_commit_sha"]),
            ],
        })
    }
}

/// As much of a command as tells whose it is.
#[derive(Clone, Debug)]
pub struct Commanded {
    pub mid: String,
    pub sub_device: Option<String>,
    pub source: String,
}

impl Commanded {
    /// `None`: it breaks a rule.
    pub fn read(payload: &[u8], device: &str) -> Option<Commanded> {
        let value = object(payload, device)?;
        let data = &value["data"];
        let url = text(&data["download_url"])?;
        url.starts_with("http").then_some(())?;
        Some(Commanded {
            mid: text(&value["mid"])?,
            sub_device: text(&value["sub_device_uid"]),
            source: text(&data["source"])?,
        })
    }
}
