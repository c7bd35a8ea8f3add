//! Whoever else is on the broker.

use std::rc::Rc;

use super::device::Report;
use super::network::Packet;
use super::world::World;

impl World {
    /// Commands of a third party, retained or broken ones, and results that should not be there.
    pub fn stranger(&mut self) {
        let place = self.random.index(self.devices.len());
        let (mid, kind) = (self.random.mid(), self.random.below(8));
        let status = self.random.between(1, 6) as u8;
        let device = &self.devices[place];
        let uid = &device.uid;
        let timestamp = device.clock_at(self.now);
        let command = |url: &str| {
            format!(
                r#"{{"mid":"{mid}","type":"ota_upgrade","device_uid":"{uid}","timestamp":{timestamp},"data":{{"source":"ems_II","download_url":"{url}","md5_code":"0123456789abcdef0123456789abcdef"}}}}"#
            )
        };
        let result = |fields: &str, data: &str| {
            format!(
                r#"{{"mid":"{mid}","type":"ota_upgrade","device_uid":"{uid}","timestamp":{timestamp},"data":{{{data}}}{fields}}}"#
            )
        };
        let someones = self
            .operators
            .iter()
            .flat_map(|operator| &operator.upgrades);
        let last = someones.clone().rfind(|upgrade| upgrade.device == place);
        let elsewhere = someones.clone().rfind(|upgrade| upgrade.device != place);
        let mut ending = 2;
        let (topic, payload, retain, cause) = match kind {
            0 => (
                &device.command_topic,
                command("https://fw.example/2.0.0.bin"),
                true,
                None,
            ),
            1 => (
                &device.command_topic,
                command("ftp://fw.example/2.0.0.bin"),
                false,
                None,
            ),
            2 => {
                let cause = last.map(|upgrade| upgrade.mid.clone());
                let reply = cause.as_ref().map(|mid| format!(r#","reply":"{mid}""#));
                let said = result(&reply.unwrap_or_default(), r#""version":"1.0.0""#);
                (&device.result_topic, said, false, cause)
            }
            3 => (
                &device.result_topic,
                result(r#","reply":"nobody""#, r#""version":"1.0.0""#),
                false,
                None,
            ),
            4 => {
                let Some(upgrade) = elsewhere else { return };
                let reply = format!(r#","reply":"{}""#, upgrade.mid);
                let data = format!(r#""final_version":"{}","status":4"#, upgrade.image.0);
                (&device.result_topic, result(&reply, &data), false, None)
            }
            5 => (&device.result_topic, "{}".to_owned(), false, None),
            // Another part of the device has an opinion of its own, but knows what runs.
            _ => {
                let Some(upgrade) = last else { return };
                ending = status;
                let mut reply = format!(r#","reply":"{}""#, upgrade.mid);
                if let Some(sub_device) = upgrade.sub_device {
                    reply += &format!(r#","sub_device_uid":"{sub_device}""#);
                }
                let runs = device.gateway.version();
                let data = format!(r#""final_version":"{runs}","status":{status}"#);
                let cause = Some(upgrade.mid.clone());
                (&device.result_topic, result(&reply, &data), false, cause)
            }
        };
        let packet = Packet {
            topic: topic.clone(),
            payload: payload.into_bytes(),
            retain,
            key: 0,
            report: Some(self.reports.len()),
            expires: None,
        };
        let elapsed = self.elapsed();
        self.trace.add(format_args!(
            "{elapsed} a stranger publishes ({kind}) on {}",
            packet.topic
        ));
        let runs = device.gateway.version().to_owned();
        self.reports.push(Report {
            device: place,
            cause,
            status: ending,
            runs,
            at: self.now,
        });
        self.route(&Rc::new(packet));
    }
}
