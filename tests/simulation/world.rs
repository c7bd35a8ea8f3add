//! The world: one queue of events in virtual time, everything else hangs on it.

use std::collections::BTreeMap;
use std::rc::Rc;

use wudun_ota::gateway::Image;

use super::Run;
use super::device::{Device, Report, wrong_clock};
use super::network::{Broker, Client, Flight, Packet, Weather};
use super::operator::Operator;
use super::random::Random;
use super::tally::Tally;
use super::trace::Trace;

/// When every world begins.
const T0: u64 = 1_800_000_000_000;
/// No world needs as many events; more are a loop.
const MOST_EVENTS: u64 = 30_000;
/// A packet without acknowledgement for so long ends the connection.
const KEEP_ALIVE_MS: u64 = 60_000;
const TOPICS: [&str; 4] = [
    "v1/wudun/pk/gw-1/ota/upgrade/command",
    "v1/user/t/gw-1/ota/upgrade/command",
    "site/a/gw-2/ota/upgrade/command",
    "site/a/网关-3/ota/upgrade/command",
];

#[derive(Debug)]
pub enum Event {
    /// A packet reaches the broker.
    Uplink(Client, Rc<Packet>),
    /// A packet reaches a client.
    Downlink(Flight),
    Acknowledge {
        to: Client,
        key: u64,
        code: u8,
    },
    /// Whoever still waits for this acknowledgement gives the connection up.
    KeepAlive(Client, u64),
    Drop(Client),
    Reconnect(Client),
    BrokerStops,
    BrokerStarts,
    /// A pause of a device is over, in this life of it.
    Waited(usize, u64),
    Downloaded(usize, u64, Option<Image>),
    DeviceStops(usize),
    DeviceStarts(usize),
    DeviceClock(usize),
    Act(usize),
    Send(usize, String),
    Tick(usize),
    NoEcho(usize, String),
    OperatorClock(usize),
    Stranger,
}

pub struct World {
    pub now: u64,
    pub random: Random,
    pub trace: Trace,
    pub broker: Broker,
    pub devices: Vec<Device>,
    pub operators: Vec<Operator>,
    pub reports: Vec<Report>,
    /// Version that a command has really brought, by `mid`.
    pub installed: BTreeMap<String, String>,
    /// Trace id of every command, by `mid`.
    pub traces: BTreeMap<String, Option<String>>,
    pub tally: Tally,
    pub failure: Option<String>,
    queue: BTreeMap<(u64, u64), Event>,
    scheduled: u64,
    keys: u64,
}

impl World {
    /// Lives through one seed.
    pub fn run(seed: u64, lines: bool) -> Run {
        let mut world = World::new(seed, lines);
        let mut events = 0;
        while let Some(((at, _), event)) = world.queue.pop_first() {
            world.now = at;
            world.happen(event);
            events += 1;
            if events > MOST_EVENTS {
                world.fail("the world does not settle".to_owned());
            }
            if world.failure.is_some() {
                break;
            }
        }
        if world.failure.is_none() {
            world.judge();
        }
        world.tally.events = events;
        Run {
            hash: world.trace.hash,
            lines: world.trace.lines.unwrap_or_default(),
            tally: world.tally,
            failure: world.failure,
        }
    }

    fn new(seed: u64, lines: bool) -> World {
        let mut random = Random::new(seed);
        let weather = Weather {
            loss: random.pick(&[0, 0, 3, 10]),
            duplication: random.pick(&[0, 5, 20]),
            delay_ms: random.pick(&[50, 2_000, 20_000]),
            late_ms: random.pick(&[2_000, 120_000, 2_000_000]),
        };
        let mut world = World {
            now: T0,
            trace: Trace::new(lines),
            broker: Broker::new(weather),
            devices: Vec::new(),
            operators: Vec::new(),
            reports: Vec::new(),
            installed: BTreeMap::new(),
            traces: BTreeMap::new(),
            tally: Tally::default(),
            failure: None,
            queue: BTreeMap::new(),
            scheduled: 0,
            keys: 0,
            random,
        };
        world.people();
        world.fortune();
        world
    }

    fn people(&mut self) {
        let random = &mut self.random;
        let first = random.index(TOPICS.len());
        for place in 0..random.between(1, 3) as usize {
            let topic = TOPICS[(first + place) % TOPICS.len()];
            let device = Device::new(place, topic, random);
            let subscriptions = vec![device.command_topic.clone()];
            self.broker
                .connect(Client::Device(place), subscriptions, random.percent(70));
            self.devices.push(device);
        }
        for place in 0..random.pick(&[1, 2]) {
            let operator = Operator::new(random);
            let results = self
                .devices
                .iter()
                .map(|device| device.result_topic.clone());
            let commands = self
                .devices
                .iter()
                .map(|device| device.command_topic.clone());
            let watched = operator.watches.then_some(commands).into_iter().flatten();
            let subscriptions = results.chain(watched).collect();
            self.broker
                .connect(Client::Operator(place), subscriptions, random.percent(85));
            self.operators.push(operator);
        }
    }

    /// All that will happen by chance, at its time.
    fn fortune(&mut self) {
        for device in 0..self.devices.len() {
            self.leave_behind(device);
        }
        for place in 0..self.broker.connections.len() {
            for (delay, flight) in self.broker.reconnect(place, self.now, &mut self.random) {
                self.after(delay, Event::Downlink(flight));
            }
        }
        let horizon = self.random.between(20, 150) * 60_000;
        let (devices, operators) = (self.devices.len(), self.operators.len());
        for operator in 0..operators {
            for _ in 0..self.random.between(2, 9) {
                self.sometime(horizon, Event::Act(operator));
            }
            if self.random.percent(20) {
                self.sometime(horizon, Event::OperatorClock(operator));
            }
            for _ in 0..self.random.below(3) {
                self.sometime(horizon, Event::Drop(Client::Operator(operator)));
            }
        }
        for device in 0..devices {
            for _ in 0..self.random.below(3) {
                self.sometime(horizon, Event::Drop(Client::Device(device)));
            }
            for _ in 0..self.random.below(3) {
                self.sometime(horizon, Event::DeviceStops(device));
            }
            if self.random.percent(15) {
                self.sometime(horizon, Event::DeviceClock(device));
            }
        }
        for _ in 0..self.random.below(3) {
            self.sometime(horizon, Event::BrokerStops);
        }
        for _ in 0..self.random.below(4) {
            self.sometime(horizon, Event::Stranger);
        }
    }

    fn sometime(&mut self, horizon: u64, event: Event) {
        let wait = self.random.below(horizon);
        self.after(wait, event);
    }

    /// Schedules an event; of those at the same moment the first comes first.
    pub fn after(&mut self, wait: u64, event: Event) {
        self.scheduled += 1;
        self.queue.insert((self.now + wait, self.scheduled), event);
    }

    /// The first failure counts.
    pub fn fail(&mut self, why: String) {
        self.trace
            .add(format_args!("{} FAILURE {why}", self.now - T0));
        self.failure.get_or_insert(why);
    }

    pub fn elapsed(&self) -> u64 {
        self.now - T0
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Uplink(from, packet) => self.reach_broker(from, &packet),
            Event::Downlink(flight) => self.reach_client(&flight),
            Event::Acknowledge { to, key, code } => self.acknowledged(to, key, code),
            Event::KeepAlive(client, key) => {
                if self.waits_for(client, key) {
                    self.drop(client);
                }
            }
            Event::Drop(client) => self.drop(client),
            Event::Reconnect(client) => self.reconnect(client),
            Event::BrokerStops => self.broker_stops(),
            Event::BrokerStarts => self.broker.up = true,
            Event::Waited(device, life) => self.device_goes_on(device, life, None),
            Event::Downloaded(device, life, image) => {
                self.device_goes_on(device, life, Some(image));
            }
            Event::DeviceStops(device) => self.device_stops(device),
            Event::DeviceStarts(device) => self.device_starts(device),
            Event::DeviceClock(device) => {
                let clock = if self.random.percent(50) {
                    0
                } else {
                    wrong_clock(&mut self.random)
                };
                self.devices[device].clock = clock;
            }
            Event::Act(operator) => self.act(operator),
            Event::Send(operator, mid) => self.send(operator, &mid),
            Event::Tick(operator) => self.tick(operator),
            Event::NoEcho(operator, mid) => self.no_echo(operator, &mid),
            Event::OperatorClock(operator) => {
                self.operators[operator].clock +=
                    self.random.between(0, 7_200_000) as i64 - 3_600_000;
            }
            Event::Stranger => self.stranger(),
        }
    }

    pub fn key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    /// A client hands a packet to its connection, which is up.
    pub fn publish(&mut self, from: Client, packet: Packet) {
        let packet = Rc::new(packet);
        self.after(KEEP_ALIVE_MS, Event::KeepAlive(from, packet.key));
        let weather = self.broker.weather;
        let copies = 1 + u64::from(self.random.percent(weather.duplication / 2));
        for _ in 0..copies {
            if !self.random.percent(weather.loss) {
                let delay = weather.delay(&mut self.random);
                self.after(delay, Event::Uplink(from, Rc::clone(&packet)));
            }
        }
    }

    fn reach_broker(&mut self, from: Client, packet: &Rc<Packet>) {
        if !self.broker.up {
            return;
        }
        let denied = match from {
            Client::Operator(place) => self.operators[place].denied,
            Client::Device(_) => None,
        };
        // Now and then a broker acknowledges, and then loses what it has taken.
        let lost = self.broker.weather.loss > 0 && self.random.percent(2);
        if denied.is_none() && !lost {
            self.route(packet);
        }
        let delay = self.broker.weather.delay(&mut self.random);
        let code = denied.unwrap_or(0);
        self.after(
            delay,
            Event::Acknowledge {
                to: from,
                key: packet.key,
                code,
            },
        );
    }

    pub fn route(&mut self, packet: &Rc<Packet>) {
        for (delay, flight) in self.broker.route(packet, &mut self.random) {
            self.after(delay, Event::Downlink(flight));
        }
    }

    fn reach_client(&mut self, flight: &Flight) {
        if !self.broker.arrive(flight) {
            return;
        }
        match self.broker.connections[flight.to].client {
            Client::Operator(place) => self.operator_hears(place, &flight.packet, flight.retained),
            Client::Device(place) => self.device_hears(place, &flight.packet, flight.retained),
        }
    }

    fn acknowledged(&mut self, to: Client, key: u64, code: u8) {
        if !self.broker.is_online(to) || !self.waits_for(to, key) {
            return;
        }
        match to {
            Client::Operator(place) => self.command_acknowledged(place, key, code),
            Client::Device(place) => self.result_acknowledged(place),
        }
    }

    fn waits_for(&self, client: Client, key: u64) -> bool {
        match client {
            Client::Operator(place) => {
                let outgoing = &self.operators[place].outgoing;
                outgoing
                    .iter()
                    .any(|outgoing| outgoing.key == key && outgoing.in_flight)
            }
            Client::Device(place) => {
                let saying = self.devices[place].saying.as_ref();
                saying.is_some_and(|saying| saying.key == key)
            }
        }
    }

    pub fn drop(&mut self, client: Client) {
        if !self.broker.is_online(client) {
            return;
        }
        let place = self.broker.place(client);
        self.broker.disconnect(place);
        self.dropped(client);
    }

    fn dropped(&mut self, client: Client) {
        self.trace
            .add(format_args!("{} {client:?} disconnected", self.now - T0));
        if let Client::Operator(place) = client {
            self.connection_lost(place);
        }
        let wait = self.random.between(500, 120_000);
        self.after(wait, Event::Reconnect(client));
    }

    pub fn reconnect(&mut self, client: Client) {
        if self.broker.is_online(client) {
            return;
        }
        if let Client::Device(place) = client
            && !self.devices[place].running
        {
            return;
        }
        if !self.broker.up {
            let wait = self.random.between(1_000, 30_000);
            self.after(wait, Event::Reconnect(client));
            return;
        }
        let place = self.broker.place(client);
        self.trace
            .add(format_args!("{} {client:?} connected", self.now - T0));
        for (delay, flight) in self.broker.reconnect(place, self.now, &mut self.random) {
            self.after(delay, Event::Downlink(flight));
        }
        match client {
            Client::Operator(place) => self.send_all(place),
            Client::Device(place) => self.say_again(place),
        }
    }

    fn broker_stops(&mut self) {
        if !self.broker.up {
            return;
        }
        let clients = self
            .broker
            .connections
            .iter()
            .filter(|connection| connection.online);
        let clients: Vec<Client> = clients.map(|connection| connection.client).collect();
        let (sessions, retained) = (self.random.percent(40), self.random.percent(30));
        self.trace.add(format_args!(
            "{} the broker stops, sessions lost: {sessions}, retained messages lost: {retained}",
            self.now - T0
        ));
        self.broker.stop(sessions, retained);
        for client in clients {
            self.dropped(client);
        }
        let wait = self.random.between(1_000, 300_000);
        self.after(wait, Event::BrokerStarts);
    }
}
