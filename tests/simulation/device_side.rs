//! What happens at the devices: the real gateway is driven step by step.

use wudun_ota::gateway::{Image, Publication, Step, Taken};

use super::device::{IMAGES, Report, Saying};
use super::network::{Client, Packet};
use super::world::{Event, World};

impl World {
    /// A success of an earlier run, which the broker has retained.
    pub fn leave_behind(&mut self, place: usize) {
        let device = &mut self.devices[place];
        let clock = device.clock_at(self.now);
        let Some(left) = device.gateway.left_behind(clock) else {
            return;
        };
        let report = self.reports.len();
        self.report(place, None, &left);
        self.broker.retain(Packet {
            topic: left.topic,
            payload: left.payload.into_bytes(),
            retain: true,
            key: 0,
            report: Some(report),
            expires: None,
        });
    }

    fn report(&mut self, place: usize, cause: Option<String>, publication: &Publication) {
        self.reports.push(Report {
            device: place,
            cause,
            status: publication.status.code(),
            runs: self.devices[place].gateway.version().to_owned(),
            at: self.now,
        });
    }

    pub fn device_hears(&mut self, place: usize, packet: &Packet, retained: bool) {
        let device = &mut self.devices[place];
        let taken = device
            .gateway
            .take(&packet.topic, &packet.payload, retained);
        let elapsed = self.elapsed();
        self.trace
            .add(format_args!("{elapsed} device {place} takes {taken:?}"));
        if let Taken::Command(_) = taken {
            self.tally.commands += 1;
        }
        self.device_acts(place);
    }

    /// Takes steps until one needs time.
    fn device_acts(&mut self, place: usize) {
        let now = self.now;
        let device = &mut self.devices[place];
        if device.busy || !device.running {
            return;
        }
        let step = device.gateway.next(device.clock_at(now));
        let runs = device.gateway.version();
        if device.history.last().is_some_and(|(_, ran)| ran != runs) {
            let runs = runs.to_owned();
            let elapsed = self.elapsed();
            self.trace
                .add(format_args!("{elapsed} device {place} now runs {runs}"));
            let device = &mut self.devices[place];
            if let Some(mid) = device.gateway.answering() {
                self.installed.insert(mid.to_owned(), runs.clone());
            }
            device.history.push((now, runs));
        }
        let device = &mut self.devices[place];
        let life = device.life;
        device.busy = step.is_some();
        match step {
            None => {}
            Some(Step::Wait { ms }) => self.after(ms, Event::Waited(place, life)),
            Some(Step::Download {
                url,
                break_off,
                damage,
                ..
            }) => {
                let takes = self.random.between(100, 90_000);
                let fails = break_off || damage.is_some() || self.random.percent(3);
                let image = if fails { None } else { image_at(&url) };
                self.after(takes, Event::Downloaded(place, life, image));
            }
            Some(Step::Publish(publication)) => self.say(place, publication),
        }
    }

    fn say(&mut self, place: usize, publication: Publication) {
        let cause = self.devices[place].gateway.answering().map(str::to_owned);
        let report = self.reports.len();
        self.report(place, cause, &publication);
        let mut payload = publication.payload.clone();
        if self.devices[place].broken && self.random.percent(50) {
            payload = match self.random.below(4) {
                0 => payload.replacen("\"status\":", "\"status\":1", 1),
                1 => payload.replacen("\"device_uid\":\"", "\"device_uid\":\"x", 1),
                2 => payload.replacen("\"mid\":\"", "\"mid\":\"{", 1),
                _ => payload.chars().take(payload.chars().count() / 2).collect(),
            };
        }
        let key = self.key();
        self.devices[place].saying = Some(Saying {
            left: publication.times,
            payload: payload.into_bytes(),
            publication,
            report,
            key,
        });
        self.say_again(place);
    }

    /// Hands what is being said to the connection, if there is one.
    pub fn say_again(&mut self, place: usize) {
        let client = Client::Device(place);
        let Some(saying) = &self.devices[place].saying else {
            return;
        };
        if !self.broker.is_online(client) {
            return;
        }
        let packet = Packet {
            topic: saying.publication.topic.clone(),
            payload: saying.payload.clone(),
            retain: saying.publication.retain,
            key: saying.key,
            report: Some(saying.report),
            expires: None,
        };
        let elapsed = self.elapsed();
        let status = saying.publication.status;
        self.trace
            .add(format_args!("{elapsed} device {place} says {status:?}"));
        self.publish(client, packet);
    }

    pub fn result_acknowledged(&mut self, place: usize) {
        let key = self.key();
        let Some(saying) = &mut self.devices[place].saying else {
            return;
        };
        saying.left -= 1;
        if saying.left > 0 {
            saying.key = key;
            return self.say_again(place);
        }
        self.devices[place].saying = None;
        self.devices[place].busy = false;
        self.device_acts(place);
    }

    /// A pause or a download is over, unless the device has restarted since.
    pub fn device_goes_on(&mut self, place: usize, life: u64, image: Option<Option<Image>>) {
        let device = &mut self.devices[place];
        if device.life != life {
            return;
        }
        device.busy = false;
        if let Some(image) = image {
            device.gateway.downloaded(image);
        }
        self.device_acts(place);
    }

    pub fn device_stops(&mut self, place: usize) {
        if !self.devices[place].running {
            return;
        }
        let elapsed = self.elapsed();
        self.trace
            .add(format_args!("{elapsed} device {place} restarts"));
        self.drop(Client::Device(place));
        let device = &mut self.devices[place];
        device.running = false;
        device.busy = false;
        device.saying = None;
        device.life += 1;
        device.gateway.restart();
        // Some never come back.
        if !self.random.percent(10) {
            let wait = self.random.between(5_000, 300_000);
            self.after(wait, Event::DeviceStarts(place));
        }
    }

    pub fn device_starts(&mut self, place: usize) {
        self.devices[place].running = true;
        self.reconnect(Client::Device(place));
        self.device_acts(place);
    }
}

fn image_at(url: &str) -> Option<Image> {
    let (version, commit) = IMAGES
        .into_iter()
        .find(|(version, _)| url.contains(version))?;
    Some(Image {
        version: version.to_owned(),
        commit: commit.to_owned(),
    })
}
